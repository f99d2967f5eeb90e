import Foundation

/// Why answers cannot be put into a benchmark's table.
public enum AggregationError: Error, LocalizedError, Equatable {
    /// A question of HallusionBench whose set, figure and question are not known.
    case figure(index: String)

    /// What went wrong.
    public var errorDescription: String? {
        switch self {
        case .figure(let index):
            "The question '\(index)' of HallusionBench does not say which set, figure and question it is: its index must have them "
                + "between underscores in the fourth to sixth place, or its row the columns 'set_id', 'figure_id' and 'question_id'."
        }
    }
}
