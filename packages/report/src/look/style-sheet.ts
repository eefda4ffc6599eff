import { dark, light, properties, type Tone } from "./palette.ts";

const tones: readonly Tone[] = ["good", "bad", "warn", "busy", "back", "idle"];

const base = `
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text)}
main,.top{max-width:76rem;margin:0 auto;padding:0 1.25rem}
main{padding-bottom:4rem}
h1,h2,h3{line-height:1.25;margin:0;font-weight:650;text-wrap:balance}
h1{font-size:1.05rem}
h2{font-size:1.1rem;margin:0 0 .75rem}
h3{font-size:.95rem;margin:1.25rem 0 .5rem}
p{margin:.5rem 0}
a{color:var(--accent)}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
pre{margin:.5rem 0;padding:.75rem .9rem;background:var(--well);border-radius:.4rem;overflow:auto;max-height:30rem;white-space:pre-wrap;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:.2rem}
.soft{color:var(--soft)}
.small{font-size:.86rem}
.num{font-variant-numeric:tabular-nums}
.only-heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static;display:inline-block;margin:0 0 .5rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.25rem;margin:1rem 0}
.mark{white-space:nowrap;font-weight:550}
.mark::before{content:attr(data-i);content:attr(data-i) / "";display:inline-block;min-width:1.05em;margin-right:.3em;text-align:center}
.badge{display:inline-block;white-space:normal;padding:.1rem .6rem .12rem .45rem;border-radius:1rem}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.75rem 0 0}
.facts dt{color:var(--soft)}
.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1rem 0;padding:0;list-style:none}
.tiles li{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem}
.tiles b{display:block;font-size:1.35rem;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;vertical-align:baseline;font-weight:inherit}
thead th{color:var(--soft);font-size:.8rem;border-bottom:1px solid var(--line);white-space:nowrap}
tbody tr+tr>*{border-top:1px solid var(--well)}
th:last-child,td:last-child{padding-right:0}
.right{text-align:right}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.2rem 0}
summary h3{display:inline;margin:0}
ul.plain{list-style:none;margin:.5rem 0;padding:0}
ul.plain li{padding:.2rem 0}
.scroll{overflow-x:auto}
.scroll td,.scroll th{white-space:nowrap}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.35rem;padding:.25rem .55rem}
button{cursor:pointer}
footer{margin:2rem 0 0;color:var(--soft);font-size:.86rem}
`;

const ofTone = (tone: Tone): string =>
  `.mark.${tone}{color:var(--${tone})}.badge.${tone}{background:var(--${tone}-ground)}.card.${tone}{border-left:.35rem solid var(--${tone}-fill)}`;

const narrow = `
@media (max-width:40rem){main,.top{padding:0 .8rem}.card{padding:.9rem}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.4rem}}
`;

const printed = `
@media print{html{font-size:11px;print-color-adjust:exact}body{background:#fff}details::details-content{content-visibility:visible}main,.top{max-width:none;padding:0}.card,.tiles li{break-inside:avoid;border-color:#bbb}details>*{display:block}.skip,.controls{display:none!important}a{color:inherit}pre{max-height:none}}
`;

/** What every page of Hawser looks like, in light and dark as the reader's system has it. */
export const styleSheet: string = [
  `:root{color-scheme:light dark;${properties(light)}}`,
  `@media (prefers-color-scheme:dark){:root{${properties(dark)}}}`,
  `@media print{:root{color-scheme:light;${properties(light)}}}`,
  base,
  ...tones.map(ofTone),
  narrow,
  printed,
]
  .join("")
  .replaceAll(/\n+/g, "");
