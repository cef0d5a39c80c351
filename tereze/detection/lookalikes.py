"""Tables behind :mod:`tereze.detection.skeleton`: which character stands for which letter."""

from __future__ import annotations


def _pairs(table: str) -> dict[str, str]:
    """Read ``"аα аᴀ"``: the letter meant, then the characters that look like it."""
    return {shape: item[0] for item in table.split() for shape in item[1:]}


# Letters of other alphabets and styles that are read as the Cyrillic letter in front.
LETTER_SHAPES = _pairs(
    "аαⲁᴀɑæä бδҕ вβʙⲃᏴ ггᴦɼ дᴅԁძ еεᴇҽєⲉҿ жӝж зӡɜзʒ иιᴎυɪⲓи кκᴋⲕқҡĸ лλᴧⲗл мμʍᴍⲙм нʜηћⲏɴн "
    "оσοօⲟᴏօ пπᴨΠ∏п рρᴘⲣр сςⲥᴄсϲ тτᴛⲧт уγʏуʮ фφⲫф хχⲭхӽ ҳҳ цц чч шωшɯ юю яᴙя"
) | {"ı": "и", "ł": "л", "ß": "в", "ø": "о", "đ": "д", "∂": "д", "ʃ": "с", "€": "е", "₽": "р"}
LETTER_SHAPES |= _pairs("sşšś cçćč gğǵ uúůū nñń yýÿ zžźż oóôõ eéèêë iíîï aáàâã")

# Cyrillic to its plainest form: Kazakh and Ukrainian letters, and pairs people mix up.
CYRILLIC_FOLD = dict(zip("әғқңөұүһіїєґёйыэщҗҳ", "агкноуухииегеииешжх", strict=True))

# A Latin letter read by its shape (inside a Cyrillic word) …
BY_SHAPE = dict(zip("abcdeghikmnoprtuwxyzlfjqsv", "авсдегникмпоргтишхузлфжксв", strict=True))
# … the letters for which shape is the only likely reading …
SHAPE_ONLY = frozenset("abcehkmoptxy")
# … and by its sound (a word written in Latin letters throughout).
BY_SOUND = dict(zip("abcdefghijklmnopqrstuvwxyz", "абкдефгхижклмнопкрстуввхиз", strict=True))
DIGRAPHS = {
    "shch": "ш",
    "sh": "ш",
    "ch": "ч",
    "zh": "ж",
    "kh": "х",
    "ya": "я",
    "yu": "ю",
    "ju": "ю",
    "yo": "е",
    "ts": "ц",
}
LEET = {"0": "о", "1": "и", "3": "з", "4": "ч", "6": "б", "@": "а", "$": "с"}
