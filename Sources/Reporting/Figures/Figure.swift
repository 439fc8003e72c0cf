/// Curves over two axes.
public struct Figure: Picture {
    /// One line above the picture.
    public var title: String
    public var xAxis: Axis
    public var yAxis: Axis
    public var curves: [Curve]
    /// Lines across the whole figure: thresholds, predictions.
    public var markers: [Marker]
    public var colors = Colors.distinct
    public var legend = Legend.bottomRight
    public var size = (width: 800, height: 500)

    public struct Curve: Sendable {
        public enum Style: Sendable { case lines, points, linesPoints, dashes, dots }

        public var title: String
        public var points: [(x: Double, y: Double)]
        public var style: Style

        public init(_ title: String, _ points: [(x: Double, y: Double)], _ style: Style = .lines) {
            self.title = title
            self.points = points
            self.style = style
        }
    }

    public struct Marker: Sendable {
        public enum Direction: Sendable { case vertical, horizontal }

        public var direction: Direction
        public var position: Double
        public var label: String

        public init(_ direction: Direction, at position: Double, _ label: String = "") {
            self.direction = direction
            self.position = position
            self.label = label
        }
    }

    /// How curves are told apart.
    public enum Colors: Sendable {
        /// Things of different kinds, also for eyes that see fewer colours (M. Okabe and K. Ito, Color Universal Design).
        case distinct
        /// Steps of one quantity, from dark to light.
        case ordered

        func color(_ i: Int, of count: Int) -> String {
            switch self {
            case .distinct:
                let colors = ["0072b2", "d55e00", "009e73", "cc79a7", "e69f00", "56b4e9", "000000", "8a8a00"]
                return "rgb '#\(colors[i % colors.count])'"
            case .ordered:
                return "palette frac \(count > 1 ? 0.92 * Double(i) / Double(count - 1) : 0)"
            }
        }
    }

    public enum Legend: String, Sendable {
        case bottomRight = "bottom right"
        case topRight = "top right"
        case topLeft = "top left"
        case bottomLeft = "bottom left"
        case outside = "outside right top"
        case none
    }

    public init(_ title: String, x: Axis, y: Axis, curves: [Curve] = [], markers: [Marker] = []) {
        self.title = title
        xAxis = x
        yAxis = y
        self.curves = curves
        self.markers = markers
    }

    public var script: String {
        var lines = ["set title \"\(Gnuplot.quoted(title))\""]
        lines += xAxis.commands("x") + yAxis.commands("y")
        lines += [
            "set grid xtics ytics lt 1 lw 0.5 lc rgb '#d0d0d0'", "set border 3", "set tics nomirror",
            legend == .none ? "unset key" : "set key \(legend.rawValue) opaque",
            Gnuplot.palette, "unset colorbox",
        ]
        for marker in markers { lines += commands(marker) }
        var plots: [String] = []
        for (i, curve) in curves.enumerated() {
            let rows = rows(curve)
            guard rows.contains(where: { !$0.isEmpty }) else { continue }
            lines += Gnuplot.block("curve\(i)", rows)
            let title = curve.title.isEmpty ? "notitle" : "title \"\(Gnuplot.quoted(curve.title))\""
            plots.append("$curve\(i) \(look(curve.style)) lc \(colors.color(i, of: curves.count)) \(title)")
        }
        if plots.isEmpty {
            // Axes want a range of their own where no data give one.
            if xAxis.range == nil { lines.append("set xrange [1:10]") }
            if yAxis.range == nil { lines.append("set yrange [1e-20:1]") }
            lines += ["set label 1 'nothing to show' at graph 0.5,0.5 center", "plot NaN notitle"]
        } else {
            lines.append("plot " + plots.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }

    /// The points of a curve, with an empty line, which breaks it, in place of those that the axes cannot show.
    private func rows(_ curve: Curve) -> [String] {
        curve.points.map { xAxis.shows($0.x) && yAxis.shows($0.y) ? "\($0.x) \($0.y)" : "" }
    }

    private func look(_ style: Curve.Style) -> String {
        switch style {
        case .lines: "with lines lw 2"
        case .points: "with points pt 7 ps 0.6"
        case .linesPoints: "with linespoints pt 7 ps 0.25 lw 2"
        case .dashes: "with lines lw 1.5 dt 2"
        case .dots: "with points pt 7 ps 0.12"
        }
    }

    private func commands(_ marker: Marker) -> [String] {
        let (at, axis) = (marker.position, marker.direction == .vertical ? xAxis : yAxis)
        guard axis.shows(at) else { return [] }
        let ends =
            marker.direction == .vertical
            ? "first \(at), graph 0 to first \(at), graph 1" : "graph 0, first \(at) to graph 1, first \(at)"
        var lines = ["set arrow from \(ends) nohead lw 1 dt 3 lc rgb '#606060'"]
        if !marker.label.isEmpty {
            let place =
                marker.direction == .vertical
                ? "first \(at), graph 0.97 right rotate by 90 offset -0.6,0"
                : "graph 0.01, first \(at) left offset 0,0.6"
            lines.append("set label \"\(Gnuplot.quoted(marker.label))\" at \(place) tc rgb '#606060'")
        }
        return lines
    }
}
