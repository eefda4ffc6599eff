/** What only the page of a run has. */
export const reportStyle: string = `
.head{margin-top:1.5rem}
.head h1{font-size:1.35rem}
.head p{margin:0}
.head .facts{margin-top:0;align-content:start}
@media (min-width:60rem){.head{display:grid;grid-template-columns:minmax(18rem,2fr) 3fr;gap:2rem;align-items:center}}
.outcome.mark{font-size:2rem;font-weight:700;line-height:1.25;margin:.4rem 0 0;white-space:normal}
.what{font-size:1.1rem;font-weight:600;overflow-wrap:anywhere}
.timed{table-layout:fixed}
.timed th,.timed td{overflow-wrap:anywhere}
.timed .bars{width:33%;position:relative;vertical-align:middle}
.flow th:nth-child(2){width:8.5rem}
.flow th:nth-child(3),.flow th:nth-child(4){width:6.5rem}
.fleet th:nth-child(2){width:7.8rem}
.fleet th:nth-child(3){width:4.5rem}
.fleet th:nth-child(4){width:9.8rem}
.fleet th:nth-child(5){width:4.6rem}
.fleet th:nth-child(6){width:4.2rem}
.fleet td:nth-child(4) .mark{margin-right:.3rem}
.detail{display:block}
.fleet a{text-decoration:none}.fleet a:hover{text-decoration:underline}
.files th:first-child{width:8rem}.files th:last-child{width:5rem}
.role th{padding-top:1rem;font-weight:650}
.role .soft{font-weight:400}
.path{overflow-wrap:anywhere}
.bar,.ruler{display:block;width:100%;height:16px}
.bar{border-radius:3px}
.ruler{overflow:visible}
.ruler text{fill:var(--soft);font-size:11px;font-variant-numeric:tabular-nums}
.bar rect{y:3px;height:10px}
.g{fill:var(--good-fill)}.u{fill:var(--busy-fill)}.k{fill:var(--back-fill)}
.bar .i{y:7px;height:2px;fill:var(--idle-fill)}
.bar .w{y:0;height:16px;fill:var(--warn-fill)}
.bar .b{y:0;height:16px;fill:var(--bad-fill)}
.bar .k{y:5px;height:6px}
.legend .key{display:inline-flex;align-items:center;gap:.35rem;margin:0 .6rem 0 .2rem}
.legend .bar{width:1.6rem;flex:none;background:var(--well)}
.story{position:absolute;z-index:1;right:0;top:100%;margin:0;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:pre-line;font-size:.82rem;line-height:1.45;font-variant-numeric:tabular-nums}
tr:hover>.bars>.story,tr:focus-within>.bars>.story,tr:target>.bars>.story{width:auto;max-width:100%;height:auto;clip-path:none;background:var(--card);border:1px solid var(--soft);border-radius:.4rem;padding:.5rem .75rem;box-shadow:0 .3rem 1rem rgb(0 0 0/.25)}
tr:hover>.bars>.story{z-index:2}
tr:target>*{background:var(--well)}
.controls{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:0 0 .75rem}
.controls[hidden]{display:none}
@media (max-width:60rem){
.timed thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.timed,.timed tbody,.timed tr,.timed th,.timed td{display:block;width:auto!important}
.timed tbody[hidden],.timed tr[hidden]{display:none}
.timed tr{display:flex;flex-wrap:wrap;gap:.1rem .9rem;padding:.5rem 0}
.timed tr>*{padding:0;border:0!important}
.timed tr>th,.timed tr>.bars{flex:1 0 100%}
.timed tr>.right{text-align:left}
.flow td:nth-child(3)::before{content:"after "}.flow td:nth-child(4)::before{content:"took "}
.fleet td:nth-child(3)::before{content:"release "}.fleet td:nth-child(6)::before{content:"out for "}
}
@media print{.story{display:none}}
`.replaceAll(/\n+/g, "");
