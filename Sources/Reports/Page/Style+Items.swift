/// How items look.
extension Style {
    /// The rules of ``ItemBrowser``; they stand behind those of the page.
    static let items = """
        .browser [hidden]{display:none}
        .browsing>.caption{margin:-6px 0 14px}
        .search{flex:1 1 220px}
        input[type=search]{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--axis);
         border-radius:4px;padding:2px 6px;min-width:0;width:100%}
        .turning{display:flex;flex-wrap:wrap;gap:4px 16px;align-items:baseline;justify-content:space-between;
         font-size:.875rem;
         scroll-margin-top:12px}
        .turning.end{justify-content:flex-end;margin-top:14px}
        .count{margin:0;font-variant-numeric:tabular-nums}
        .turning nav{display:flex;gap:10px;align-items:baseline}
        .turning .place{color:var(--muted);font-variant-numeric:tabular-nums}
        .turning button{font-size:.875rem;padding:2px 11px}
        button:disabled{opacity:.45;cursor:default;color:inherit;border-color:var(--axis)}
        .active{display:none}
        .items{list-style:none;margin:12px 0 0;padding:0}
        .item{border:1px solid var(--grid);border-left:6px solid var(--axis);border-radius:5px;padding:12px 16px 14px;
         margin-top:12px}
        .item.good{border-left-color:var(--good)}.item.bad{border-left-color:var(--bad);border-left-style:double}
        .item .name{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline}
        .item .place{color:var(--muted);font-size:.8rem;font-variant-numeric:tabular-nums}
        h3{font-size:1rem;line-height:1.4;margin:0;min-width:0;overflow-wrap:anywhere}
        .badges{margin-left:auto;display:flex;flex-wrap:wrap;gap:4px}
        .badge{font-size:.8rem;border:1px solid var(--axis);border-radius:9px;padding:0 8px}
        .badge.verdict{font-weight:600;border-width:2px;padding:0 9px}
        .good .badge.verdict{border-color:var(--good)}.bad .badge.verdict{border-color:var(--bad)}
        .kinds{color:var(--muted);font-size:.8rem;margin:2px 0 0;display:flex;flex-wrap:wrap;gap:0 16px}
        .kinds b{font-weight:600}
        .item .body{display:grid;grid-template-columns:220px minmax(0,1fr);gap:20px;margin-top:10px;align-items:start}
        .item .body.bare{grid-template-columns:minmax(0,1fr)}
        .shelf{display:flex;flex-wrap:wrap;gap:8px}
        .look{padding:0;border-radius:3px;line-height:0;cursor:zoom-in;overflow:hidden;max-width:100%}
        .look img{max-width:100%;max-height:260px;width:auto;height:auto;object-fit:contain;font-size:.8rem;
         line-height:1.4}
        .said{display:grid;grid-template-columns:9.7em minmax(0,1fr);gap:0 14px;padding:6px 0;
         border-top:1px solid var(--grid)}
        .said:first-child{border-top:0;padding-top:0}
        h4{font-size:.8rem;line-height:1.3rem;font-weight:600;color:var(--muted);margin:0;overflow-wrap:anywhere}
        .text{position:relative;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;font-size:.9rem;
         line-height:1.35rem}
        .text.folded{max-height:16.2rem;overflow:hidden;
         -webkit-mask-image:linear-gradient(#000 calc(100% - 2.7rem),transparent);
         mask-image:linear-gradient(#000 calc(100% - 2.7rem),transparent)}
        .more{grid-column:2;justify-self:start;margin-top:5px}
        mark{color:inherit;background:rgba(var(--tint),.3);border-bottom:2px solid rgb(var(--tint))}
        .nothing{color:var(--muted);padding:18px 0}
        dialog{color:inherit;background:var(--ground);border:1px solid var(--axis);border-radius:8px;padding:0;
         max-width:96vw;max-height:96vh}
        dialog[open]{display:flex;flex-direction:column}
        dialog::backdrop{background:rgba(0,0,0,.6)}
        .bearing{display:flex;gap:14px;align-items:baseline;justify-content:space-between;padding:8px 12px;
         font-size:.875rem}
        .whole{overflow:auto;min-height:0}.whole img{display:block;margin:0 auto}
        @media screen and (max-width:640px){.item{padding:10px 10px 12px}
         .item .body{grid-template-columns:minmax(0,1fr);gap:12px}
         .badges{margin-left:0}.said{grid-template-columns:minmax(0,1fr)}.more{grid-column:1}.look img{max-height:220px}
         .browser .controls{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:8px 10px}
         .browser .controls[hidden]{display:none}.browser .controls label{display:contents}
         .browser .controls select{width:100%}.clear{grid-column:2;justify-self:start}}
        @media print{.browser .look{display:block;border:0}.browser .turning nav{display:none}.active{display:block;
         margin:2pt 0 0}
         .active:empty{display:none}.text.folded{max-height:none;overflow:visible;-webkit-mask-image:none;
         mask-image:none}
         .item .name,.kinds{break-after:avoid}.look,.said{break-inside:avoid-page}dialog{display:none}
         mark{border:0;background:none}}
        """
}
