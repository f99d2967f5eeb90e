/// The languages that are told apart: those in Latin letters by their commonest words, the others by their script.
public enum Language: String, Sendable, Codable, CaseIterable {
    /// English.
    case english = "en"
    /// German.
    case german = "de"
    /// French.
    case french = "fr"
    /// Spanish.
    case spanish = "es"
    /// Italian.
    case italian = "it"
    /// Portuguese.
    case portuguese = "pt"
    /// Dutch.
    case dutch = "nl"
    /// Chinese.
    case chinese = "zh"
    /// Japanese.
    case japanese = "ja"
    /// Korean.
    case korean = "ko"
    /// Russian.
    case russian = "ru"
    /// Greek.
    case greek = "el"
    /// Arabic.
    case arabic = "ar"
    /// Hebrew.
    case hebrew = "he"
    /// Hindi.
    case hindi = "hi"
    /// Thai.
    case thai = "th"

    /// The scripts that it is written in.
    var scripts: Set<Script> {
        switch self {
        case .english, .german, .french, .spanish, .italian, .portuguese, .dutch: [.latin]
        case .chinese: [.han]
        case .japanese: [.han, .kana]
        case .korean: [.hangul]
        case .russian: [.cyrillic]
        case .greek: [.greek]
        case .arabic: [.arabic]
        case .hebrew: [.hebrew]
        case .hindi: [.devanagari]
        case .thai: [.thai]
        }
    }

    /// What it is called in a sentence.
    var title: String {
        switch self {
        case .english: "English"
        case .german: "German"
        case .french: "French"
        case .spanish: "Spanish"
        case .italian: "Italian"
        case .portuguese: "Portuguese"
        case .dutch: "Dutch"
        case .chinese: "Chinese"
        case .japanese: "Japanese"
        case .korean: "Korean"
        case .russian: "Russian"
        case .greek: "Greek"
        case .arabic: "Arabic"
        case .hebrew: "Hebrew"
        case .hindi: "Hindi"
        case .thai: "Thai"
        }
    }

    /// The languages told apart by words.
    static let byWords: [Language] = [.english, .german, .french, .spanish, .italian, .portuguese, .dutch]

    /// Its commonest words, without those that are formulas (`a`, `e`, `i`, `o`).
    var commonWords: Set<String> {
        switch self {
        case .english: Self.englishWords
        case .german: Self.germanWords
        case .french: Self.frenchWords
        case .spanish: Self.spanishWords
        case .italian: Self.italianWords
        case .portuguese: Self.portugueseWords
        case .dutch: Self.dutchWords
        default: []
        }
    }

    private static func list(_ words: String) -> Set<String> { Set(words.split(separator: " ").map(String.init)) }

    private static let englishWords = list(
        """
        the of and to is in that it for on with as are this be at by from or an was which we so not there has have if \
        its then but all one two each can let me they where than these what their between both will must also only \
        into when how would more here does he she his her you your i my us our let's since because therefore thus
        """.replacing("\n", with: " "))
    private static let germanWords = list(
        """
        der die das und ist in den von zu mit sich auf für nicht ein eine einen einem einer es dem des im am als auch \
        wir sind aus bei nach wie wird dass also daher so noch nur oder aber wenn hat haben zwei durch über unter mal \
        ich sie er man uns hier dort zum zur vom gleich damit dann somit
        """.replacing("\n", with: " "))
    private static let frenchWords = list(
        """
        le la les de des du et est un une en à au aux que qui dans pour par sur avec ce cette ces il elle on nous se \
        ne pas plus sont donc ou où mais comme son sa ses l'image c'est être deux entre si je vous leur y dont car \
        alors ainsi d'un d'une n'est qu'il
        """.replacing("\n", with: " "))
    private static let spanishWords = list(
        """
        el la los las de del y es un una en que por para con se lo su sus al no más son como entre este esta esto \
        hay pero donde dos si cuando ya también muy sobre tiene tenemos entonces vamos cada o ser está están
        """.replacing("\n", with: " "))
    private static let italianWords = list(
        """
        il lo la gli le di del della dei delle e è un una in che per con su si non sono da al alla nel nella come più \
        questo questa ma anche quindi ci tra due se ha abbiamo allora poi dove
        """.replacing("\n", with: " "))
    private static let portugueseWords = list(
        """
        o os as de do da dos das e é um uma em no na nos nas que por para com se não mais são como entre este esta \
        isso mas também ao à dois quando então temos há ou ser está
        """.replacing("\n", with: " "))
    private static let dutchWords = list(
        """
        de het een en van is in op te dat die met voor zijn niet aan er om als dan ook maar uit naar bij nog wordt \
        dus deze dit we wij ik hij zij twee door over worden heeft kan geen of
        """.replacing("\n", with: " "))
}
