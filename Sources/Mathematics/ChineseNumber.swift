/// Whole numbers in Chinese: `四十二`, `一百零五`.
enum ChineseNumber {
    private static let digits: [Character: Int] = [
        "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    ]
    private static let scales: [Character: Int] = ["十": 10, "百": 100, "千": 1000]

    /// A text with the number at its beginning in digits; nil if it begins with none.
    static func written(_ text: String) -> String? {
        let number = text.prefix { digits[$0] != nil || scales[$0] != nil || $0 == "万" }
        guard !number.isEmpty, number.count <= 12 else { return nil }
        let digitsAlone = number.compactMap { digits[$0] }
        if number.count > 1, digitsAlone.count == number.count {
            return digitsAlone.map(String.init).joined() + text[number.endIndex...]
        }
        var total = 0, section = 0, digit: Int?
        for character in number {
            if let value = digits[character] {
                if digit.map({ $0 > 0 }) == true { return nil }
                digit = value
            } else if let scale = scales[character] {
                section += (digit ?? 1) * scale
                digit = nil
            } else {
                total += (section + (digit ?? 0)) * 10_000
                (section, digit) = (0, nil)
            }
        }
        return String(total + section + (digit ?? 0)) + text[number.endIndex...]
    }
}
