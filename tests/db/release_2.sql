-- A database of the release before 0003, as its own program wrote it: one student with a crossing
-- that his case names, and shipped rows with the digests they were loaded with.
INSERT INTO person (id, surname, given_names, native_name, phone, email, search_text, created_at, created_by, version)
VALUES (9001, 'TESTOV', 'KARIM', '', '', '', 'testov karim', '2026-09-01 06:00:00', 'Sam', 1);
INSERT INTO passport (id, person_id, number, issuing_state, nationality, surname, given_names, sex, mrz, is_current, version)
VALUES (9001, 9001, 'ZZ1234567', 'PAK', 'PAK', 'TESTOV', 'KARIM', 'M', '', TRUE, 1);
INSERT INTO faculty (id, name_en, name_ru, name_ky, name_key, is_active, version)
VALUES (9001, 'Fictitious Medicine', '', '', 'fictitious medicine', TRUE, 1);
INSERT INTO enrolment (id, person_id, faculty_id, status, contract_number, is_current, version)
VALUES (9001, 9001, 9001, 'studying', 'T-1', TRUE, 1);
INSERT INTO crossing (id, person_id, passport_id, direction, crossed_on)
VALUES (9001, 9001, 9001, 'in', '2026-08-28');
INSERT INTO visa_case (id, person_id, kind, step, step_since, crossing_id, opened_on, opened_by, returned_reason, version)
VALUES (9001, 9001, 'registration', 'department', '2026-09-01 06:00:00', 9001, '2026-09-01', 'Sam', '', 1);
INSERT INTO case_item (id, case_id, item_code, document_kind, name_en, name_ru, name_ky, is_required, is_uncertain, position, status, reason, version)
VALUES (9001, 9001, 'landlord_consent', 'landlord_consent', 'Consent', '', '', TRUE, FALSE, 40, 'missing', '', 1);
INSERT INTO requirement (id, procedure, item_code, document_kind, name_en, name_ru, name_ky, is_required, condition, position, is_active, reference_key, reference_digest, source, source_url, confidence, note, in_force_from, version)
VALUES
  (9001, 'registration', 'passport', 'passport', 'Passport (original)', 'Паспорт (оригинал)', 'Паспорт (түп нускасы)', TRUE, 'always', 10, TRUE, 'requirement registration passport', '1421f0ede4b565adbc0b4e7628a7be50ebe2383a1939b6528688085130b4c416', '[DEPT] Department page, eimu.edu.kg, International Cooperation', 'https://eimu.edu.kg/en/international-cooperation-1', 'department', '', '2020-01-01', 1),
  (9002, 'registration', 'landlord_consent', 'landlord_consent', 'Notarized application/consent of the apartment owner', 'Нотариально заверенное заявление (согласие) владельца квартиры', 'Батир ээсинин нотариус тарабынан күбөлөндүрүлгөн арызы (макулдугу)', TRUE, 'lives_in_flat', 40, TRUE, 'requirement registration landlord_consent', '4f2ecd6c8fe86d4e7d226561c7e617ae7c426981160fb0d306ed3cde97ba7dbf', '[DEPT] Department page, eimu.edu.kg, International Cooperation
[S8] https://ksma.edu.kg/en/inostrannym-studentam/viza-i-registratsiya-inostrannykh-studentov', 'https://eimu.edu.kg/en/international-cooperation-1', 'department', 'not living in EIMU hostel', '2020-01-01', 1),
  (9003, 'study_visa', 'passport', 'passport', 'Passport, valid for a year', 'Действительный паспорт', 'Жарактуу паспорт', TRUE, 'always', 10, TRUE, 'requirement study_visa passport', '04d6cb1a4baa09706d62581acbe612419a46483b49476c658c815947c73ecb64', '[DEPT] Department page, eimu.edu.kg, International Cooperation', 'https://eimu.edu.kg/en/international-cooperation-1', 'department', '', '2020-01-01', 1);
INSERT INTO country (iso2, iso3, name_en, name_ru, name_ky)
VALUES ('KZ', 'KAZ', 'Kazakhstan', 'Казахстан', 'Казакстан');
INSERT INTO registration_exemption (id, iso2, exempt_days, has_asterisk, reference_key, reference_digest, source, source_url, confidence, note, in_force_from, version)
VALUES (9001, 'KZ', 30, TRUE, 'exemption KZ 2016-12-26', '918898d3b2d1a72729732c0b8e42a10ef3cc17826aaf88e11d820e893d21a976', '[S43] a page in a public repository (Lenin Peak information page of Central Asia Travel; carries a 2025 map link)', '', 'official', '30 d confirmed by GKNB Border Service 2025-12-04 / 2026-01-15', '2016-12-26', 1);
INSERT INTO visa_free_term (id, iso2, stay_days, window_days, rule, reference_key, reference_digest, source, source_url, confidence, note, in_force_from, in_force_until, version)
VALUES (9001, 'KZ', 90, 180, '90/180 (EAEU)', 'visa-free KZ 2026-01-13', '1155f89e2ffedf2aa5bf786ff95e85c4234cfdac21a0e3e22a4c9ae2750fef74', '[S56] https://24.kg/english/357656__Longer_stays_and_visa-free_entry_Kyrgyzstan_updates_rules_for_foreigners/ (2026-01-13)
[S17] https://24.kg/obschestvo/353447_dlya_grajdan_kazahstana_vveli_novyie_pravila_prebyivaniya_vkyirgyizstane/ (2025-12-04)', 'https://24.kg/english/357656__Longer_stays_and_visa-free_entry_Kyrgyzstan_updates_rules_for_foreigners/', 'secondary', '24.kg 2026-01-13; Border Service 2025-12-04', '2026-01-13', '2026-12-31', 1);
