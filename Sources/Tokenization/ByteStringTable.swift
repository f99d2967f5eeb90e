/// A hash table from byte strings to 64-bit values, with open addressing and one arena for all keys.
///
/// It is both the vocabulary (spelling to id) and the index of the word cache. Unlike `Dictionary<String, _>` it compares
/// bytes, not canonical equivalence, as the format demands, and it never allocates per key.
struct ByteStringTable: Sendable {
    private struct Slot {
        /// Zero in an empty slot.
        var hash: UInt64
        var keyStart: UInt32
        var keyLength: UInt32
        var value: UInt64
    }

    /// How many keys the table holds.
    private(set) var count = 0
    private var slots: [Slot]
    private var keys: [UInt8] = []
    /// Drawn anew for each table, so that nobody can prepare a text whose words all collide.
    private let seed = UInt64.random(in: .min ... .max)

    /// Makes a table that stays at most half full up to `capacity` keys and grows beyond.
    init(capacity: Int) {
        slots = Self.emptySlots(for: capacity)
    }

    /// The hash by which ``value(for:hash:)`` and ``insert(_:hash:value:)`` look for a key; never zero.
    @inline(__always)
    func hash(of key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(key)
        let length = bytes.count
        var hash = seed ^ UInt64(truncatingIfNeeded: length)
        if length >= 8 {
            var offset = 0
            while offset + 8 < length {
                hash = Self.mixed(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            hash = Self.mixed(hash ^ bytes.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self))
        } else if length >= 4 {
            let head = UInt64(bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            let tail = UInt64(bytes.loadUnaligned(fromByteOffset: length - 4, as: UInt32.self))
            hash = Self.mixed(hash ^ (head | tail << 32))
        } else if length > 0 {
            let packed = UInt64(bytes[0]) | UInt64(bytes[length / 2]) << 8 | UInt64(bytes[length - 1]) << 16
            hash = Self.mixed(hash ^ packed)
        }
        return hash | 1
    }

    /// The value stored for a key, `nil` if there is none.
    @inline(__always)
    func value(for key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> UInt64? {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: hash >> 20) & mask
        while slots[index].hash != 0 {
            let slot = slots[index]
            if slot.hash == hash && Int(slot.keyLength) == key.count && holds(key, at: Int(slot.keyStart)) {
                return slot.value
            }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The value stored for the UTF-8 of a string, `nil` if there is none.
    func value(for key: String) -> UInt64? {
        var key = key
        return key.withUTF8 { value(for: $0, hash: hash(of: $0)) }
    }

    /// Adds a key that the table does not hold yet.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>, hash: UInt64, value: UInt64) {
        if (count + 1) * 2 > slots.count { grow() }
        let slot = Slot(
            hash: hash, keyStart: UInt32(keys.count), keyLength: UInt32(key.count), value: value)
        keys.append(contentsOf: key)
        place(slot)
        count += 1
    }

    /// Adds the UTF-8 of a string that the table does not hold yet.
    mutating func insert(_ key: String, value: UInt64) {
        var key = key
        key.withUTF8 { insert($0, hash: hash(of: $0), value: value) }
    }

    /// Empties the table and keeps its memory.
    mutating func removeAll() {
        for index in slots.indices { slots[index].hash = 0 }
        keys.removeAll(keepingCapacity: true)
        count = 0
    }

    private func holds(_ key: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        keys.withUnsafeBufferPointer { keys in
            for offset in key.indices where keys[start + offset] != key[offset] { return false }
            return true
        }
    }

    private mutating func place(_ slot: Slot) {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: slot.hash >> 20) & mask
        while slots[index].hash != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Self.emptySlots(for: old.count)
        for slot in old where slot.hash != 0 { place(slot) }
    }

    private static func emptySlots(for capacity: Int) -> [Slot] {
        var slotCount = 16
        while slotCount < capacity * 2 { slotCount *= 2 }
        return Array(repeating: Slot(hash: 0, keyStart: 0, keyLength: 0, value: 0), count: slotCount)
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
