import Arithmetics
import Networks

// One place turns text into fields, for flags and YAML alike, so that both say the same when something is wrong.

extension Study {
    /// Field names as YAML has them, in the order of the echo; `optimizer` fields stand alone here.
    public static let fields = [
        "model", "loss", "init", "init-from", "map", "data", "test-fraction", "normalize", "augment", "batch",
        "last-batch", "steps", "epochs", "seed", "init-seed", "order", "lr", "momentum", "weight-decay", "nesterov",
        "k",
        "k-rate", "schedule", "clip", "grid", "arithmetics", "reference",
    ]

    /// Sets a scalar field from text.
    ///
    /// - Throws: `StudyError` naming the field, the text and what would be right.
    public mutating func set(_ field: String, to text: String) throws(StudyError) {
        switch field {
        case "model": model = try wrap(field) { () throws(ModelError) in try ModelSpecification(named: text) }
        case "loss": loss = try choice(field, text, Loss.init(rawValue:), Loss.allCases.map(\.rawValue))
        case "init": initializer = try wrap(field) { () throws(ModelError) in try Initializer(text) }
        case "init-from": initFrom = text
        case "map": nameMap.append(try mapping(text))
        case "data": data = text
        case "test-fraction":
            testFraction = try number(field, text, "a decimal from 0 to below 1") {
                Rational(0) <= $0 && $0 < Rational(1)
            }
        case "normalize":
            do { normalization = try Normalization(parsing: text) } catch { throw StudyError("\(error)") }
        case "batch": batch = try integer(field, text, 1...(1 << 24))
        case "last-batch":
            lastBatch = try choice(
                field, text, BatchOrder.LastBatch.init(rawValue:), BatchOrder.LastBatch.allCases.map(\.rawValue))
        case "augment":
            augmentation = try choice(
                field, text, Augmentation.init(rawValue:), Augmentation.allCases.map(\.rawValue))
        // The one that is said last says how long to train.
        case "steps":
            steps = try integer(field, text, 0...Study.mostSteps)
            epochs = nil
        case "epochs": epochs = try integer(field, text, 0...Study.mostSteps)
        case "seed": seed = try seed(field, text)
        case "init-seed": initSeed = try seed(field, text)
        case "order":
            order = try choice(field, text, BatchOrder.Order.init(rawValue:), BatchOrder.Order.allCases.map(\.rawValue))
        case "lr":
            optimizer.rate = try number(field, text, "a decimal of at least 0, such as 0.1") { Rational(0) <= $0 }
        case "momentum":
            optimizer.momentum = try number(field, text, "a decimal of at least 0, such as 0.9") { Rational(0) <= $0 }
        case "weight-decay":
            optimizer.weightDecay = try number(field, text, "a decimal of at least 0, such as 5e-4") {
                Rational(0) <= $0
            }
        case "nesterov":
            optimizer.nesterov = try choice(field, text, { ["true": true, "false": false][$0] }, ["true", "false"])
        case "k": optimizer.k = try integer(field, text, 1...Int(Int32.max))
        case "k-rate":
            optimizer.scaledRate = try choice(
                field, text, ScaledRate.init(rawValue:), ScaledRate.allCases.map(\.rawValue))
        case "schedule": do { schedule = try Schedule(text) } catch { throw StudyError("\(field): \(error)") }
        case "clip":
            clip = text == "none" ? nil : try number(field, text, "none, or a decimal above 0") { Rational(0) < $0 }
        case "grid": grid = try gridChoice(text)
        case "arithmetics": arithmetics.append(try arithmetic(field, text))
        case "reference": reference = try arithmetic(field, text)
        default: throw StudyError("no field \"\(field)\"; the fields are \(Study.fields.joined(separator: ", "))")
        }
    }

    /// More updates than any run will make.
    static let mostSteps = 1 << 40

    private func seed(_ field: String, _ text: String) throws(StudyError) -> UInt64 {
        guard let value = UInt64(text) else {
            throw StudyError("\(field): \"\(text)\" is not a whole number from 0 to \(UInt64.max)")
        }
        return value
    }

    private func mapping(_ text: String) throws(StudyError) -> NameMapping {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw StudyError("map: \"\(text)\" is not THEIRS=OURS, such as 0.weight=fc1.weight")
        }
        return NameMapping(theirs: String(parts[0]), ours: String(parts[1]))
    }

    private func gridChoice(_ text: String) throws(StudyError) -> GridChoice {
        switch text {
        case "coarsest": return .coarsest
        case "exact": return .exact
        default:
            guard let format = Format.named(text) else {
                let names = Format.named.map { $0.names[0] }.joined(separator: ", ")
                throw StudyError("grid: \"\(text)\" is none of coarsest, exact, \(names)")
            }
            return .format(name: text, format)
        }
    }

    private func arithmetic(_ field: String, _ text: String) throws(StudyError) -> ArithmeticName {
        do { return try ArithmeticName(text) } catch { throw StudyError("\(field): \(error)") }
    }

    private func wrap<T>(_ field: String, _ body: () throws(ModelError) -> T) throws(StudyError) -> T {
        do { return try body() } catch { throw StudyError("\(field): \(error)") }
    }

    private func choice<T>(
        _ field: String, _ text: String, _ find: (String) -> T?, _ choices: [String]
    ) throws(StudyError) -> T {
        guard let value = find(text) else {
            throw StudyError("\(field): \"\(text)\" is none of \(choices.joined(separator: ", "))")
        }
        return value
    }

    private func number(
        _ field: String, _ text: String, _ wanted: String, _ accept: (Rational) -> Bool
    ) throws(StudyError) -> Rational {
        guard let value = Rational(decimal: text), accept(value) else {
            throw StudyError("\(field): \"\(text)\" is not \(wanted)")
        }
        return value
    }

    private func integer(_ field: String, _ text: String, _ range: ClosedRange<Int>) throws(StudyError) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw StudyError(
                "\(field): \"\(text)\" is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
