"""What the columns of a list of people hold, guessed from their headings in three languages."""

from collections.abc import Mapping, Sequence
from functools import cache

from core.rules.names import fold
from core.terms import ImportField

_F = ImportField

#: How lists of students head a column, in English, Russian and Kyrgyz; compared folded.
_HEADINGS: dict[ImportField, str] = {
    _F.SURNAME: "surname|last name|family name|фамилия|фамилиясы",
    _F.GIVEN_NAMES: "given names|given name|first name|name|names|имя|имена|аты|ысымы",
    _F.FULL_NAME: "full name|student name|name of student|student|фио|ф и о|аты жөнү"
    "|фамилия и имя|имя и фамилия|студент|фамилиясы жана аты",
    _F.NATIVE_NAME: "native name|name in his own script|имя на родном языке|имя родным письмом"
    "|аты өз тилинде|эне жазуусундагы аты",
    _F.NAME_RU: "name in russian|russian name|фио на русском|имя по русски|имя на русском"
    "|аты орусча|орусча аты",
    _F.NAME_KY: "name in kyrgyz|kyrgyz name|фио на кыргызском|имя по кыргызски|имя на кыргызском"
    "|аты кыргызча|кыргызча аты",
    _F.SEX: "sex|gender|пол|жынысы",
    _F.BIRTH_DATE: "birth date|date of birth|dob|born|birthday|дата рождения|др|д р|год рождения"
    "|туулган күнү|туулган датасы",
    _F.CITIZENSHIP: "citizenship|nationality|country|гражданство|страна|национальность"
    "|жарандыгы|өлкө|өлкөсү",
    _F.PASSPORT_NUMBER: "passport number|passport no|passport|passport n|номер паспорта"
    "|паспорт|паспорт номер|паспорт номери|серия и номер паспорта|паспорттун номери",
    _F.ISSUING_STATE: "passport issued by|issuing state|issuing country|кем выдан паспорт"
    "|государство выдачи|государство выдавшее паспорт|паспортту берген мамлекет",
    _F.ISSUED_ON: "passport issued on|date of issue|issue date|issued on|issued|дата выдачи"
    "|дата выдачи паспорта|паспорт выдан|паспорт берилген күнү|паспорт берилген күн|берилген күнү",
    _F.EXPIRES_ON: "passport ends|passport expiry|expiry date|date of expiry|expires on|expiry"
    "|passport valid until|срок действия паспорта|паспорт до|паспорт действует до|действителен до"
    "|паспорт действителен до|паспорттун мөөнөтү|паспорт бүтөт",
    _F.FACULTY: "faculty|факультет|факультети",
    _F.COURSE: "course|year|year of study|курс|курсу",
    _F.PROGRAMME: "programme|program|specialty|speciality|специальность|направление|программа"
    "|адистик|адистиги",
    _F.GROUP: "group|группа|топ|тобу|группасы",
    _F.FUNDING: "funding|paid by|финансирование|форма обучения|форма оплаты"
    "|төлөө түрү|основа обучения|каржылоо",
    _F.ORDER_NUMBER: "order number|order no|order|номер приказа|приказ|буйрук|буйруктун номери",
    _F.ORDER_ON: "order of|order date|date of order|дата приказа|приказ от|буйруктун күнү",
    _F.CONTRACT_NUMBER: "contract number|contract no|contract|номер договора|договор"
    "|номер контракта|контракт|келишим|келишимдин номери",
    _F.CONTRACT_FROM: "contract from|contract start|contract date|дата договора|договор от"
    "|начало договора|контракт с|договор с|келишим башталат|келишим башталышы",
    _F.CONTRACT_UNTIL: "contract until|contract end|contract to|договор до|конец договора"
    "|срок договора|контракт до|договор по|келишим бүтүшү|келишим бүтөт|келишимдин мөөнөтү",
    _F.COURSE_UNTIL: "course ends|end of study|graduation|окончание обучения|конец обучения"
    "|срок обучения|окуу бүтөт|окуунун бүтүшү",
    _F.ENTERED_ON: "date of entry|entry date|entered on|entry|arrival|arrival date|дата въезда"
    "|въезд|дата прибытия|кирген күнү|келген күнү",
    _F.VISA_CATEGORY: "visa letter|visa category|visa type|категория визы|тип визы|вид визы"
    "|визанын категориясы|визанын түрү",
    _F.VISA_ENTRIES: "visa entries|entries|кратность|кратность визы|визанын кирүү саны",
    _F.VISA_NUMBER: "visa number|visa no|visa|номер визы|виза|визанын номери",
    _F.VISA_FROM: "visa from|visa start|visa issued|виза с|начало визы|виза башталат"
    "|виза башталышы",
    _F.VISA_UNTIL: "visa until|visa end|visa expiry|visa to|visa valid until|виза до"
    "|срок визы|окончание визы|конец визы|виза бүтөт|визанын мөөнөтү",
    _F.RESIDENCE: "lives in|residence|hostel|accommodation|проживание|живет в|общежитие|жатакана"
    "|жашаган жери",
    _F.ADDRESS: "room or address|address|room|адрес|комната|адрес проживания|дарек|дареги|бөлмө",
    _F.OWNER_NAME: "owner of the flat|owner|landlord|владелец|владелец квартиры|собственник"
    "|батирдин ээси|ээси",
    _F.CONSENT_UNTIL: "consent until|consent end|согласие до|срок согласия|макулдук мөөнөтү",
    _F.PHONE: "telephone|phone|phone number|mobile|whatsapp|телефон|номер телефона|тел"
    "|мобильный|телефону",
    _F.EMAIL: "e mail|email|mail|почта|электронная почта|эл почта|электрондук почта",
    _F.AGENT: "representative|agent|company|представитель|агент|компания|өкүл|өкүлү",
}

#: Fields that hold dates, read by one order of day and month per column.
DATE_FIELDS = frozenset(
    {
        _F.BIRTH_DATE,
        _F.ISSUED_ON,
        _F.EXPIRES_ON,
        _F.ORDER_ON,
        _F.CONTRACT_FROM,
        _F.CONTRACT_UNTIL,
        _F.COURSE_UNTIL,
        _F.ENTERED_ON,
        _F.VISA_FROM,
        _F.VISA_UNTIL,
        _F.CONSENT_UNTIL,
    }
)


def guess_field(heading: str) -> ImportField | None:
    """Return the field a heading most likely names, or None.

    The whole heading counts first; then the longest known heading it contains.
    """
    folded = fold(heading)
    known = _known_headings()
    if folded in known:
        return known[folded]
    padded = f" {folded} "
    inside = [name for name in known if len(name) > 3 and f" {name} " in padded]
    return known[max(inside, key=len)] if inside else None


def guess_fields(
    headings: Sequence[str], remembered: Mapping[str, str]
) -> tuple[ImportField | None, ...]:
    """Return for each heading the field it holds, or None where it is left out.

    ``remembered`` says by folded heading what it was taken for before, empty for left out. A field
    is given to the first column that asks for it.
    """
    taken: set[ImportField] = set()
    guesses: list[ImportField | None] = []
    for heading in headings:
        key = fold(heading)
        told = remembered.get(key)
        field = guess_field(heading) if told is None or told not in set(_F) else _F(told)
        if told == "" or field in taken:
            field = None
        if field is not None:
            taken.add(field)
        guesses.append(field)
    return tuple(guesses)


def repeated_headings(headings: Sequence[str]) -> tuple[str, ...]:
    """Return the headings that stand over more than one column, in their order."""
    keys = [fold(heading) for heading in headings]
    repeated = [
        heading
        for place, heading in enumerate(headings)
        if keys[place] and keys[place] in keys[:place]
    ]
    return tuple(dict.fromkeys(repeated))


def header_score(cells: Sequence[str]) -> int:
    """Return how many cells of a row are known headings; the header row has the most."""
    return sum(fold(cell) in _known_headings() for cell in cells if cell)


@cache
def _known_headings() -> dict[str, ImportField]:
    return {
        fold(heading): field for field, text in _HEADINGS.items() for heading in text.split("|")
    }
