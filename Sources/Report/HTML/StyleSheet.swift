/// The report's looks: two palettes, one column, tables that turn into lists on a narrow screen.
enum StyleSheet {
    static let text: StaticString = """
        :root {
          color-scheme: light dark;
          --paper: #ffffff; --raised: #f7f8f9; --ink: #16191d; --soft: #59626d; --rule: #e2e5e9; --link: #1f5fbf;
          --good: #14703f; --good-tint: #e9f5ee; --part: #8a5800; --part-tint: #fdf3de;
          --bad: #b3261e; --bad-tint: #fcebe9; --odd: #6a4aa0; --odd-tint: #f1edf9; --none-tint: #f3f4f6;
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #121417; --raised: #1a1d21; --ink: #e7eaed; --soft: #98a1ac; --rule: #2b3037; --link: #8ab4f8;
            --good: #6fcf97; --good-tint: #14291d; --part: #e5b455; --part-tint: #2e2510;
            --bad: #f28b82; --bad-tint: #351a18; --odd: #b79df0; --odd-tint: #241e36; --none-tint: #1d2126;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums;
        }
        header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.5rem; }
        header { padding-top: 2.75rem; }
        footer { padding-top: 2rem; padding-bottom: 3rem; color: var(--soft); font-size: .87rem; }
        h1 { font-size: 1.85rem; line-height: 1.2; font-weight: 650; letter-spacing: -.015em; margin: 0 0 .4rem; }
        h2 { font-size: 1.2rem; font-weight: 650; margin: 3rem 0 .75rem; letter-spacing: -.01em; }
        h3 { font-size: 1.02rem; font-weight: 650; margin: 2rem 0 .5rem; }
        h4 { font-size: .87rem; font-weight: 600; margin: 1.25rem 0 .35rem; color: var(--soft); }
        p { margin: 0 0 .6rem; max-width: 46rem; }
        a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .15em; }
        a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        code, pre { font-family: var(--mono); font-size: .84em; }
        code { overflow-wrap: anywhere; }
        pre { background: var(--raised); border: 1px solid var(--rule); border-radius: 6px; padding: .75rem .9rem;
              overflow-x: auto; margin: .4rem 0 1rem; line-height: 1.45; }
        .soft { color: var(--soft); }
        .conclusion { font-size: 1.08rem; font-weight: 600; margin: .25rem 0 .35rem; }
        .facts { color: var(--soft); font-size: .9rem; }
        .skip { position: absolute; left: -999rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
        nav { margin: 1rem 0 0; font-size: .9rem; display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; }

        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        caption { text-align: left; color: var(--soft); font-size: .87rem; padding: 0 0 .5rem; }
        th, td { text-align: left; vertical-align: top; padding: .45rem .7rem .45rem 0; border-bottom: 1px solid var(--rule); }
        th { font-weight: 600; }
        thead th { color: var(--soft); font-weight: 500; font-size: .82rem; vertical-align: bottom; }
        .number { text-align: right; white-space: nowrap; }
        .scroll { overflow-x: auto; }
        .figures th[scope=rowgroup] { padding-top: 1.2rem; }
        .figures tbody th[scope=row] { font-weight: 400; padding-left: .9rem; white-space: nowrap; }
        .figures .apart th[scope=row] { padding-left: 1.9rem; color: var(--soft); }
        .facts-table th { width: 11rem; font-weight: 400; color: var(--soft); } .facts-table { max-width: 46rem; }
        .nowrap { white-space: nowrap; } .seen { min-width: 16rem; }

        .matrix { table-layout: fixed; border-collapse: separate; border-spacing: 3px; margin-left: -3px; width: calc(100% + 6px); }
        .matrix th, .matrix td { border: 0; }
        .matrix caption { padding-left: 3px; }
        .trials th[scope=row] { font-weight: 400; } .groups thead th, .figures thead th { white-space: normal; }
        .matrix thead th { padding: 0 .65rem .3rem; overflow-wrap: anywhere; }
        .matrix thead th:first-child { padding-left: 0; }
        .matrix tbody th { padding: .6rem .75rem .6rem 0; }
        .matrix tbody th .soft { display: block; font-weight: 400; font-size: .82rem; line-height: 1.35; margin-top: .1rem; }
        .matrix td { padding: 0; border-radius: 5px; }
        .answer { display: block; padding: .55rem .65rem .6rem; color: inherit; text-decoration: none; border-radius: 5px; }
        a.answer:hover strong { text-decoration: underline; text-underline-offset: .15em; }
        .answer .word { font-size: .82rem; font-weight: 600; }
        .answer strong { display: block; font-size: 1.2rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
        .answer .rest { display: block; font-size: .8rem; line-height: 1.35; color: var(--soft); }
        .answer + .answer { border-top: 1px solid var(--paper); border-radius: 0 0 5px 5px; }
        .good .word, .good strong, .state.good { color: var(--good); }
        .part .word, .part strong, .state.part { color: var(--part); }
        .bad .word, .bad strong, .state.bad { color: var(--bad); }
        .odd .word, .odd strong, .state.odd { color: var(--odd); }
        .none .word, .none strong, .state.none { color: var(--soft); font-weight: 500; }
        .none strong { font-size: .95rem; }
        .answer.good, .matrix td.good { background: var(--good-tint); } .answer.part, .matrix td.part { background: var(--part-tint); }
        .answer.bad, .matrix td.bad { background: var(--bad-tint); } .answer.odd, .matrix td.odd { background: var(--odd-tint); }
        .answer.none, .matrix td.none { background: var(--none-tint); }
        .state { font-weight: 600; white-space: nowrap; }
        .stack td.state { width: 7.5rem; } .note { margin: .7rem 0 0; color: var(--soft); font-size: .87rem; }
        .legend { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem; font-size: .84rem; color: var(--soft);
                  margin: .9rem 0 0; }
        .legend dt { font-weight: 600; } .legend dd { margin: 0; max-width: 46rem; }

        a.figure { color: inherit; text-decoration-color: var(--rule); } a.figure:hover { color: var(--link); }
        .source { display: block; color: var(--soft); font-size: .82rem; line-height: 1.4; }
        .claims td:first-child { width: 11.5rem; padding-right: 1.2rem; } .claims td:nth-child(3) { width: 9.5rem; }
        .claims td:nth-child(4) { width: 22rem; } .claims td > div + div { margin-top: .3rem; }
        .claims td:nth-child(4) .figure { font-weight: 600; } .claims .state { white-space: normal; }
        [id^=cell] { scroll-margin-top: 3.5rem; } tr:target { background: var(--raised); }
        .short { list-style: none; padding: 0; margin: 0 0 1.4rem; max-width: 56rem; } .short li { padding: .12rem 0 .12rem 1.3rem; text-indent: -1.3rem; }
        .looser { display: block; margin-top: .2rem; }
        .looser code { display: block; }

        details { border-bottom: 1px solid var(--rule); }
        details > summary { cursor: pointer; padding: .65rem 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline;
                            list-style: none; }
        summary::-webkit-details-marker { display: none; }
        summary::before { content: "+"; color: var(--soft); width: .8rem; font-family: var(--mono); }
        details[open] > summary::before { content: "\\2212"; }
        summary .name { font-weight: 600; min-width: 11rem; }
        .inside { padding: 0 0 1.1rem 1.8rem; }
        .scroll + p { margin-top: .6rem; }
        figure { margin: 0; }
        .plot { margin: .9rem 0 1.1rem; }
        .plot svg { display: block; width: 100%; min-width: 40rem; height: auto; }
        .plot figcaption { font-size: .87rem; font-weight: 600; color: var(--soft); margin-bottom: .2rem; }
        svg text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--soft);
                   paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
        svg text.acked { fill: var(--good); } svg text.errors { fill: var(--bad); } svg text.mark { fill: var(--ink); }
        svg text.p99, svg text.p50 { fill: var(--link); }
        .axis { stroke: var(--rule); stroke-width: 1; }
        path.acked { fill: var(--good-tint); stroke: var(--good); stroke-width: 1.25; }
        path.lag { fill: var(--part-tint); stroke: var(--part); stroke-width: 1.25; } svg text.lag { fill: var(--part); }
        .point { stroke: var(--paper); stroke-width: 1.5; } .point.holds { fill: var(--good); } .point.loses { fill: var(--bad); }
        path.errors { fill: var(--bad); opacity: .8; }
        path.p50 { fill: none; stroke: var(--link); stroke-width: 1.25; }
        path.p99 { fill: none; stroke: var(--link); stroke-width: 1.25; stroke-dasharray: 2 2.5; }
        .band { fill: var(--odd); opacity: .1; }
        .begin, .effect, .end { stroke: var(--odd); stroke-width: 1.25; }
        .begin { stroke-dasharray: 1 3; } .end { stroke-dasharray: 5 3; }

        @media (max-width: 46rem) {
          header, main, footer { padding-left: 1rem; padding-right: 1rem; }
          header { padding-top: 1.5rem; }
          h1 { font-size: 1.5rem; }
          h2 { margin-top: 2.25rem; }
          .stack, .stack tbody, .stack tr, .stack td, .claims td:nth-child(n) { display: block; width: 100%; padding-right: 0; }
          .stack td[data-name]::before { content: attr(data-name) ": "; color: var(--soft); font-size: .82rem; }
          .stack thead { position: absolute; left: -999rem; }
          .legend { grid-template-columns: 1fr; gap: 0; } .legend dd { margin-bottom: .35rem; }
          .stack td { border: 0; padding: .1rem 0; } .stack tr { border-bottom: 1px solid var(--rule); padding: .55rem 0; display: block; }
          pre { white-space: pre-wrap; overflow-wrap: anywhere; }
          .inside { padding-left: 0; }
          summary .name { min-width: 0; }
        }
        @media print {
          :root { --paper: #fff; --ink: #000; }
          body { font-size: 10pt; }
          header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
          nav { display: none; }
          h2, h3, summary { break-after: avoid; } tr, .plot { break-inside: avoid; }
          details::details-content { content-visibility: visible; display: block; height: auto; }
          .answer { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          .scroll { overflow: visible; } pre { white-space: pre-wrap; }
        }

        """

    /// The matrix with a line for each cell in place of a column for each fault: on narrow pages, and on any page if there
    /// are many faults.
    static let matrixAsList: StaticString = """
        .matrix, .matrix tbody, .matrix tr, .matrix td, .matrix tbody th { display: block; width: 100%; }
        .matrix caption { display: block; padding: 0; }
        .matrix { margin-left: 0; border-spacing: 0; }
        .matrix thead { position: absolute; left: -999rem; }
        .matrix tbody th { padding: 1.2rem 0 .4rem; font-size: 1rem; }
        .matrix td { margin-bottom: 3px; } .matrix td.absent { display: none; }
        .matrix .answer {
          display: grid; grid-template-columns: 8.2rem 1fr; column-gap: .6rem; align-items: baseline; padding: .45rem .65rem;
        }
        .matrix .answer::before { content: attr(data-fault); font-size: .84rem; overflow-wrap: anywhere; grid-row: 1 / 3; }
        .matrix .answer .word { grid-column: 2; }
        .matrix .answer strong { display: inline; font-size: 1rem; margin-left: .35rem; }
        .matrix .answer .rest { grid-column: 2; overflow-wrap: anywhere; }
        @media (min-width: 46rem) {
          .matrix tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: 3px; }
          .matrix tbody th { grid-column: 1 / -1; } .matrix td { margin-bottom: 0; }
        }

        """

    /// Where `matrixAsList` holds: on every page, or on narrow ones alone.
    static func listMedia(isList: Bool) -> String { isList ? "all" : "(max-width: 46rem)" }
}
