/// The heads of several runs, lowest first; ties go to the lower run.
struct Heap<Key: Comparable> {
    struct Node {
        var key: Key
        var run: Int
    }

    private(set) var nodes: [Node] = []

    var isEmpty: Bool { nodes.isEmpty }
    var first: Node? { nodes.first }

    mutating func push(_ key: Key, run: Int) {
        nodes.append(Node(key: key, run: run))
        var at = nodes.count - 1
        while at > 0 {
            let parent = (at - 1) / 2
            guard precedes(at, parent) else { return }
            nodes.swapAt(at, parent)
            at = parent
        }
    }

    mutating func pop() -> Node? {
        guard let first = nodes.first, let last = nodes.popLast() else { return nil }
        if !nodes.isEmpty { replaceFirst(last) }
        return first
    }

    private mutating func replaceFirst(_ node: Node) {
        nodes[0] = node
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2] where child < nodes.count && precedes(child, least) { least = child }
            if least == at { return }
            nodes.swapAt(at, least)
            at = least
        }
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        nodes[a].key != nodes[b].key ? nodes[a].key < nodes[b].key : nodes[a].run < nodes[b].run
    }
}
