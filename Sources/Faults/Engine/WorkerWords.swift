import Labs

/// Whom `producer N`, `consumer N` and `bridge N` mean.
extension Scene {
    /// As numbered at the start; without a number any that runs.
    func producer(_ number: Int?) throws(FaultError) -> any Worker {
        guard let number else {
            let running = producers.first {
                if case .running = $0.state { true } else { false }
            }
            guard let any = running ?? producers.first else {
                throw FaultError(.failed, "there is no producer at this moment")
            }
            return any
        }
        guard number <= producersAtStart else {
            throw FaultError(
                .failed, "there is no producer \(number): the workload has \(producersAtStart) (see producers)")
        }
        return producers[number - 1]
    }

    /// As numbered at the start; without a number any that runs, so the first.
    func consumer(_ number: Int?) throws(FaultError) -> any Worker {
        guard let number else {
            guard let any = consumers.first(where: \.isUp) ?? consumers.first else {
                throw FaultError(.failed, "there is no consumer at this moment")
            }
            return any
        }
        guard number <= consumersAtStart else {
            throw FaultError(.failed, "there is no consumer \(number): the groups have \(consumersAtStart)")
        }
        return consumers[number - 1]
    }

    /// As numbered at the start; without a number any that runs, so the first.
    func bridge(_ number: Int?) throws(FaultError) -> any Worker {
        guard let number else {
            guard let any = bridges.first(where: \.isUp) ?? bridges.first else {
                throw FaultError(.failed, "there is no bridge at this moment")
            }
            return any
        }
        guard number <= bridgesAtStart else {
            throw FaultError(.failed, "there is no bridge \(number): there were \(bridgesAtStart)")
        }
        return bridges[number - 1]
    }
}
