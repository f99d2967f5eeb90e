/// An entry of an event file: the fields of TensorFlow's `Event`, `Summary` and `SessionLog` that are used here.
package struct Event {
    /// What an entry is about.
    package enum Content {
        /// The first entry of a file.
        case version
        /// A process begins to write: what an earlier one wrote of this step and later ones is void.
        case start
        /// Numbers and texts.
        case values([EventFile.Value])
    }

    /// Seconds since 1970.
    package var time: Double
    /// Steps made.
    package var step: Int
    /// What the entry is about.
    package var content: Content

    package init(time: Double, step: Int, _ content: Content) {
        (self.time, self.step, self.content) = (time, step, content)
    }

    /// The entry as a record of a file.
    package var record: [UInt8] {
        var event = ProtobufMessage()
        event.add(1, double: time)
        event.add(2, integer: Int64(step))
        switch content {
        case .version: event.add(3, text: "brain.Event:2")
        case .start: event.add(7) { $0.add(1, integer: 1) }
        case .values(let values):
            event.add(5) { summary in
                for value in values { summary.add(1, message: value.write) }
            }
        }
        return RecordFraming.framed(event.bytes)
    }

    /// The step of the entry in a record; nil if the record holds none.
    package static func step(of data: ArraySlice<UInt8>) -> Int? {
        ProtobufMessage.number(2, in: data).map { Int($0) }
    }
}

extension EventFile.Value {
    /// Writes the fields of a `Summary.Value`.
    fileprivate func write(to message: inout ProtobufMessage) {
        switch self {
        case .scalar(let tag, let value):
            message.add(1, text: tag)
            message.add(2, float: Float(value))
        case .text(let tag, let markdown):
            message.add(1, text: tag)
            message.add(8) { tensor in
                tensor.add(1, integer: Self.stringType)
                // One element of its own, in no row and no column.
                tensor.add(2, bytes: [])
                tensor.add(8, text: markdown)
            }
            // The metadata that give it to the plugin of that name.
            message.add(9) { $0.add(1) { $0.add(1, text: "text") } }
        }
    }

    /// The number of `DT_STRING`.
    private static let stringType: Int64 = 7
}
