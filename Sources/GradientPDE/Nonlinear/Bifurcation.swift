import Arithmetics

/// Where orbits of the reduced map end up, rate by rate: the bifurcation diagram. In binary64, every operation rounded there:
/// where orbits are chaotic the single points mean nothing, the set of them does.
public struct Bifurcation: Sendable {
    public let points: [(rate: Double, z: Double)]

    /// - Parameters:
    ///   - map: its rate does not matter.
    ///   - rates: η, ascending.
    ///   - start: z at the beginning of each orbit and its mirror image, so that both halves are seen.
    ///   - transient: steps that are left out.
    ///   - samples: points of each orbit.
    public init(of map: ReducedMap, rates: [Double], start: Double, transient: Int = 500, samples: Int = 50) {
        var points: [(rate: Double, z: Double)] = []
        for rate in rates {
            guard let exact = Rational(ExactValue(rate)) else { continue }
            for start in [start, -start] {
                var orbit = MapOrbit(map.at(exact), from: ExactValue(start), in: Binary64())
                for _ in 0..<transient { orbit.advance() }
                for _ in 0..<samples {
                    orbit.advance()
                    points.append((rate, orbit.z))
                }
            }
        }
        self.points = points
    }
}
