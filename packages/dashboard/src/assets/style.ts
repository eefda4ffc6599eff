import { reportStyle, styleSheet } from "@hawser/report";

const own = `
.frame{background:var(--card);border-bottom:1px solid var(--line);margin-bottom:1.25rem}
.frame .top{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:0 1.5rem;padding-top:.7rem;padding-bottom:.7rem}
.frame ol{list-style:none;display:flex;flex-wrap:wrap;margin:0;padding:0;font-weight:600}
.frame li+li::before{content:"/";color:var(--soft);font-weight:400;padding:0 .55rem}
.frame a{text-decoration:none}
.frame a:hover{text-decoration:underline}
.frame p{margin:0}
.frame .stale{color:var(--bad)}
h1{font-size:1.35rem}
.title .badges{margin:0}
.title{display:flex;flex-wrap:wrap;align-items:center;gap:.4rem 1rem;margin:0 0 1rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem}
.cards .card{margin:0;display:flex;flex-direction:column}
.cards h2{margin:0}
.cards h2 a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.2em}
.cards .over{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:.3rem 1rem}
.lately{list-style:none;margin:.8rem 0 0;padding:.6rem 0 0;border-top:1px solid var(--line);font-size:.86rem}
.lately li{padding:.1rem 0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem}
.pair .card{margin:0}
.facts>div{display:contents}
@media (min-width:60rem){.pair{grid-template-columns:1fr 1fr}.pair .card:last-child:nth-child(odd){grid-column:1/-1}.pair .card:last-child:nth-child(odd) .facts{grid-template-columns:repeat(auto-fit,minmax(17rem,1fr))}.pair .card:last-child:nth-child(odd) .facts>div{display:grid;grid-template-columns:5rem 1fr;gap:1rem}}
.badges{display:flex;flex-wrap:wrap;gap:.3rem .4rem;margin:.5rem 0 0;padding:0;list-style:none;font-size:.9rem}
.strip{display:flex;flex-wrap:wrap;gap:3px;margin:.6rem 0 .2rem}
.cell{width:.72rem;height:.72rem;border-radius:.15rem;background:var(--idle-fill)}
.cell.good{background:var(--good-fill)}
.cell.bad{background:var(--bad-fill)}
.cell.warn{background:var(--warn-fill)}
.cell.busy{background:var(--busy-fill)}
.cell.back{background:var(--back-fill)}
.cell.idle{background:none;border:2px solid var(--idle-fill)}
.counts{display:flex;flex-wrap:wrap;gap:.1rem 1rem;margin:.2rem 0;padding:0;list-style:none}
.waves{list-style:none;margin:.5rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem .5rem}
.commands{margin:.5rem 0 0}
.commands pre{max-height:none}
.controls{align-items:end;gap:.6rem 1rem;margin:0 0 .8rem}
.controls label{display:block;font-size:.86rem;color:var(--soft)}
.controls p{margin:0}
.wide td,.wide th{white-space:nowrap}
.wide td.text{white-space:normal;min-width:14rem;overflow-wrap:anywhere}
.login{max-width:26rem;margin:3rem auto}
.login input{width:100%;margin:.3rem 0 1rem;padding:.45rem .6rem}
button.main{background:var(--accent);border-color:var(--accent);color:var(--page);font-weight:600;padding:.35rem .9rem}
.section{display:flex;flex-wrap:wrap;align-items:baseline;justify-content:space-between;gap:.2rem 1rem}
.section p{margin:0 0 .6rem}
.section+.facts{margin-top:0}
tr[hidden]{display:none}
`;

/** The look of Hawser's pages, and what the dashboard adds. */
export const style: string = styleSheet + reportStyle + own.replaceAll(/\n+/g, "");
