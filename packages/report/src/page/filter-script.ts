/** Rows are found by name and state, and reached by the arrow keys. The page says everything without it. */
export const filterScript: string = `(()=>{
const box=document.querySelector('.controls'),name=document.getElementById('by-name'),state=document.getElementById('by-state'),shown=document.getElementById('shown');
if(!box)return;
const rows=[...document.querySelectorAll('.fleet tr[data-s]')];
const words=new Map(rows.map(r=>[r.dataset.s,r.cells[1].querySelector('.mark').lastChild.textContent.trim()]));
for(const [value,word] of words)state.append(new Option(word,value));
const apply=()=>{let seen=0;const wanted=name.value.toLowerCase();
for(const r of rows){const is=(!state.value||r.dataset.s===state.value)&&r.cells[0].textContent.toLowerCase().includes(wanted);r.hidden=!is;if(is)seen++}
for(const b of document.querySelectorAll('.fleet tbody'))b.hidden=!b.querySelector('tr[data-s]:not([hidden])');
shown.textContent=seen===rows.length?'':seen+' of '+rows.length+' shown'};
name.addEventListener('input',apply);state.addEventListener('change',apply);box.hidden=rows.length<2;
document.querySelector('.fleet').addEventListener('keydown',e=>{const way={ArrowDown:1,ArrowUp:-1}[e.key];const at=e.target.closest('tr[data-s]');if(!way||!at)return;
const seen=rows.filter(r=>!r.hidden);const to=seen[seen.indexOf(at)+way];if(to){e.preventDefault();to.querySelector('a').focus()}});
})()`;
