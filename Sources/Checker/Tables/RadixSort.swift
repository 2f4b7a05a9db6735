/// Sorts numbers in ascending order in linear time, with as much memory again while it works.
///
/// What comes as a few ascending runs (times, as recorded by a few workers) is merged. Of anything else, digits that
/// all numbers share are left out: times of one trial differ in some 40 of their 64 bits.
enum RadixSort {
    private static let digitBits: UInt64 = 11
    private static let runsMax = 8

    /// Sorts the first `count` numbers of `column`; `scratch` must be at least as long and is overwritten.
    static func sort(_ column: Column<Int64>, count: Int, scratch: Column<Int64>) {
        precondition(count <= column.count && count <= scratch.count)
        guard count > 1 else { return }
        var from = column.base
        var to = scratch.base
        var (low, high) = (from[0], from[0])
        var runs = [0]
        for index in 1..<count {
            if from[index - 1] > from[index], runs.count <= runsMax { runs.append(index) }
            low = min(low, from[index])
            high = max(high, from[index])
        }
        if runs.count == 1 { return }
        if runs.count <= runsMax {
            runs.append(count)
            while runs.count > 2 {
                runs = merge(runs, from, to)
                swap(&from, &to)
            }
        } else {
            let span = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
            let digits = (UInt64(64 - span.leadingZeroBitCount) + digitBits - 1) / digitBits
            for digit in 0..<digits {
                scatter(from, to, count, low: UInt64(bitPattern: low), shift: digit * digitBits)
                swap(&from, &to)
            }
        }
        if from != column.base { column.base.update(from: from, count: count) }
    }

    /// Merges runs by twos, from where each begins to where the last ends; gives the new runs.
    private static func merge(
        _ runs: [Int], _ from: UnsafeMutablePointer<Int64>, _ to: UnsafeMutablePointer<Int64>
    ) -> [Int] {
        var merged = [0]
        for run in stride(from: 0, to: runs.count - 1, by: 2) {
            let (middle, end) = (runs[run + 1], runs[min(run + 2, runs.count - 1)])
            var (a, b) = (runs[run], middle)
            for place in runs[run]..<end {
                let takesA = b == end || (a < middle && from[a] <= from[b])
                to[place] = takesA ? from[a] : from[b]
                if takesA { a += 1 } else { b += 1 }
            }
            merged.append(end)
        }
        return merged
    }

    private static func scatter(
        _ from: UnsafeMutablePointer<Int64>, _ to: UnsafeMutablePointer<Int64>, _ count: Int, low: UInt64, shift: UInt64
    ) {
        let mask: UInt64 = 1 << digitBits - 1
        withUnsafeTemporaryAllocation(of: Int.self, capacity: Int(mask) + 1) { places in
            places.initialize(repeating: 0)
            for index in 0..<count {
                places[Int((UInt64(bitPattern: from[index]) &- low) >> shift & mask)] += 1
            }
            var place = 0
            for digit in 0...Int(mask) {
                let size = places[digit]
                places[digit] = place
                place += size
            }
            for index in 0..<count {
                let digit = Int((UInt64(bitPattern: from[index]) &- low) >> shift & mask)
                to[places[digit]] = from[index]
                places[digit] += 1
            }
        }
    }
}
