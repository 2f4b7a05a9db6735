import History

/// Positions on which passes, deliveries, or a pass and a delivery do not agree.
///
/// With retention, a position missing from a pass may have been taken between two passes: not if no earlier pass had
/// it, nor if the pass begins below it. A position that no pass has is diverged only if two deliveries of it differ. A
/// position that, in passes and deliveries, holds nothing but events of kinds that the log does not expect is left
/// aside. The marks were set by the merge of the passes and by the groups' deliveries: this counts them.
struct Diverged {
    private(set) var count = 0
    private(set) var examples = FirstHundred<Place>()

    /// `extras` are the positions of the log that no pass has.
    init(_ evidence: Evidence, _ plan: LogPlan, _ extras: [PositionTable.Extra]) {
        let positions = evidence.positions
        let differ = PositionTable.Marks.passesDiffer | PositionTable.Marks.deliveryDiffers
        for stream in plan.streams {
            for number in positions.span(stream) where positions.marks.base[number] & differ != 0 {
                let marks = positions.marks[number]
                if marks & PositionTable.Marks.deliveryExpected == 0,
                    Diverged.isAside(positions.whats[number], evidence, plan)
                {
                    continue
                }
                take(evidence.place(UInt32(number), stream: stream))
            }
        }
        for extra in extras where extra.marks & PositionTable.Marks.deliveryDiffers != 0 {
            if plan.kinds != nil, extra.marks & PositionTable.Marks.deliveryExpected == 0 { continue }
            take(Place(stream: extra.stream, position: extra.position))
        }
    }

    private mutating func take(_ place: Place) {
        count += 1
        examples.offer(place)
    }

    /// Whether everything that passes have there is of kinds that the log does not expect.
    private static func isAside(_ what: UInt32, _ evidence: Evidence, _ plan: LogPlan) -> Bool {
        guard plan.kinds != nil else { return false }
        if what & PositionTable.special == 0 { return !expects(Int(what), evidence, plan) }
        return evidence.positions.specialContents(what).allSatisfy { content in
            let slot = evidence.reader.claimed(content)
            return slot >= 0 && !expects(slot, evidence, plan)
        }
    }

    /// Whether an event is of a kind that the log expects.
    static func expects(_ slot: Int, _ evidence: Evidence, _ plan: LogPlan) -> Bool {
        guard let kinds = plan.kinds, let column = evidence.events.kinds else { return true }
        return kinds.contains(column[slot])
    }
}
