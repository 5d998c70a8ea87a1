"""Numbers from 0 to 999 in words, in English, Spanish and Chinese."""

_EN_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ES_SMALL = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_ES_TENS = [
    "_",
    "_",
    "_",
    "treinta",
    "cuarenta",
    "cincuenta",
    "sesenta",
    "setenta",
    "ochenta",
    "noventa",
]
_ES_HUNDREDS = [
    "_",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]
_ZH = "零一二三四五六七八九"


def english(value: int) -> str:
    """In words: "five hundred and twenty three"."""
    if value < 20:
        return _EN_SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _EN_TENS[tens] + (f" {_EN_SMALL[ones]}" if ones else "")
    hundreds, rest = divmod(value, 100)
    return f"{_EN_SMALL[hundreds]} hundred" + (f" and {english(rest)}" if rest else "")


def spanish(value: int, gender: str = "") -> str:
    """In words; with the gender of a noun behind it, as it stands before that noun."""
    if value < 30:
        text = _ES_SMALL[value]
    elif value < 100:
        tens, ones = divmod(value, 10)
        text = _ES_TENS[tens] + (f" y {_ES_SMALL[ones]}" if ones else "")
    else:
        hundreds, rest = divmod(value, 100)
        text = _ES_HUNDREDS[hundreds] if rest or hundreds > 1 else "cien"
        if gender == "f":
            text = text.replace("cientos", "cientas").replace("quinientos", "quinientas")
        text += f" {spanish(rest)}" if rest else ""
    if gender == "f" and text.endswith("uno"):
        return text[:-1] + "a"
    if gender == "m" and text.endswith("uno"):
        return text[:-3] + ("ún" if text.endswith("veintiuno") else "un")
    return text


def chinese(value: int) -> str:
    """In words: 五百二十三."""
    if value < 10:
        return _ZH[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return ("" if tens == 1 else _ZH[tens]) + "十" + (_ZH[ones] if ones else "")
    hundreds, rest = divmod(value, 100)
    text = f"{_ZH[hundreds]}百"
    if not rest:
        return text
    if rest < 10:
        return f"{text}零{_ZH[rest]}"
    return text + ("一" if rest < 20 else "") + chinese(rest)


def counted(value: int) -> str:
    """Before a measure word: two is 两 there."""
    return "两" if value == 2 else chinese(value)
