/// The script of a page: exports, the overlay, and the items.
enum Script {
    static let text = #"""
        "use strict";
        (() => {
        const save = (text, name, type) => {
          const address = URL.createObjectURL(new Blob([text], { type }));
          const link = document.createElement("a");
          link.href = address; link.download = name;
          document.body.append(link); link.click(); link.remove();
          setTimeout(() => URL.revokeObjectURL(address), 60000);
        };
        const data = id => JSON.parse(document.getElementById(id).textContent);
        const field = text => /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;

        // Exports of drawings and tables: the text lies in the page.
        for (const button of document.querySelectorAll("button[data-csv]"))
          button.addEventListener("click", () => save(data(button.dataset.csv), button.dataset.file, "text/csv"));
        for (const button of document.querySelectorAll("button[data-svg]"))
          button.addEventListener("click", () => save(data(button.dataset.svg), button.dataset.file, "image/svg+xml"));

        // The overlay.
        for (const root of document.querySelectorAll(".overlay")) {
          const get = name => root.querySelector(name);
          const { pictures, maps, tokens, colours } = data(root.id.replace("-overlay", "-data"));
          const palette = Array.from({ length: 256 }, (_, i) => parseInt(colours.slice(6 * i, 6 * i + 6), 16));
          const canvases = [...root.querySelectorAll("canvas")], frames = [...root.querySelectorAll(".frame")];
          const chips = [...root.querySelectorAll(".chip")], list = get(".tokens");
          const map = get(".map"), range = get(".range"), spacing = get(".spacing"), opacity = get(".opacity");
          const cells = pictures.reduce((sum, p) => sum + p.rows * p.columns, 0);
          let pinned = null, hovered = null, shown = [];

          // Two bytes a weight: 0 is 0, 65535 undefined, else four digits some decades below the largest of the map.
          const codes = (token, map) => {
            const bytes = atob(tokens[token].maps[map][1]);
            return Array.from({ length: bytes.length / 2 },
              (_, i) => bytes.charCodeAt(2 * i) | bytes.charCodeAt(2 * i + 1) << 8);
          };
          const number = (code, exponent) => code === 65535 ? NaN : code === 0 ? 0
            : Number((1000 + (code - 1) % 9000) + "e" + (exponent - 3 - Math.floor((code - 1) / 9000)));
          const weights = (token, map) => codes(token, map).map(code => number(code, tokens[token].maps[map][0]));

          // Mean and limits of a map are computed when it is first shown.
          const summaries = new Map();
          const summary = map => {
            if (!summaries.has(map)) {
              const sum = new Float64Array(cells), count = new Float64Array(cells);
              let low = Infinity, high = -Infinity;
              tokens.forEach((_, token) => weights(token, map).forEach((weight, i) => {
                if (Number.isNaN(weight)) return;
                sum[i] += weight; count[i] += 1;
                low = Math.min(low, weight); high = Math.max(high, weight);
              }));
              summaries.set(map, { mean: Array.from(sum, (s, i) => count[i] ? s / count[i] : NaN), low, high });
            }
            return summaries.get(map);
          };
          const superscript = n => [...String(n)].map(c => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("");
          const short = value => {
            if (!Number.isFinite(value)) return "undefined";
            if (value === 0) return "0";
            const [digits, exponent] = value.toExponential(2).split("e");
            return +exponent >= -3 && +exponent < 5 ? String(Number(value.toPrecision(3)))
              : Number(digits) + "×10" + superscript(+exponent);
          };

          const limits = (values, token) => {
            const whole = summary(+map.value);
            let low = Infinity, high = -Infinity;
            for (const value of values) if (value === value) { low = Math.min(low, value); high = Math.max(high, value); }
            if (range.value === "all" && Number.isFinite(whole.low)) ({ low, high } = whole);
            // Three decades: what lies below is noise beside the largest.
            if (spacing.value === "log") low = Math.max(low, high / 1000);
            return { low, high };
          };
          const draw = () => {
            const token = hovered ?? pinned;
            const values = token === null ? summary(+map.value).mean : weights(token, +map.value);
            const { low, high } = limits(values, token);
            const share = spacing.value === "log"
              ? value => value <= low ? 0 : Math.log(value / low) / Math.log(high / low)
              : value => (value - low) / (high - low);
            shown = values;
            let place = 0;
            canvases.forEach((canvas, index) => {
              const { rows, columns } = pictures[index], context = canvas.getContext("2d");
              const image = context.createImageData(columns, rows);
              for (let i = 0; i < rows * columns; i++) {
                const value = values[place + i];
                if (Number.isNaN(value)) continue;
                const step = high > low ? share(value) : 0;
                const colour = palette[Math.round(255 * Math.min(1, Math.max(0, step)))];
                image.data.set([colour >> 16, colour >> 8 & 255, colour & 255, 255], 4 * i);
              }
              context.putImageData(image, 0, 0);
              canvas.style.opacity = opacity.value / 100;
              place += rows * columns;
            });
            get(".low").textContent = (spacing.value === "log" ? "≤ " : "") + short(low);
            get(".high").textContent = short(high);
            const total = values.reduce((sum, value) => value === value ? sum + value : sum, 0);
            const text = token === null ? "" : tokens[token].text.replaceAll("\n", "⏎").replaceAll("\t", "⇥");
            const vas = token === null || tokens[token].vas === "" ? "" : ", VAS " + short(Number(tokens[token].vas));
            get(".readout").textContent = (token === null ? `Mean over ${tokens.length} tokens` : `Token ${token} “${text}”${vas}`)
              + `: ${short(total)} of ${token === null ? "their" : "its"} attention lies on the picture${pictures.length > 1 ? "s" : ""}.`;
            chips.forEach((chip, index) => {
              chip.classList.toggle("shown", index === token);
              chip.setAttribute("aria-selected", index === pinned);
            });
          };

          const indexOf = event => { const i = chips.indexOf(event.target.closest(".chip")); return i < 0 ? null : i; };
          const pin = index => {
            chips.forEach((chip, i) => chip.tabIndex = i === (index ?? pinned ?? 0) ? 0 : -1);
            pinned = index; draw();
          };
          list.addEventListener("pointerover", event => {
            if (event.pointerType !== "mouse") return;
            const index = indexOf(event);
            if (index !== hovered) { hovered = index; draw(); }
          });
          list.addEventListener("pointerleave", () => { if (hovered !== null) { hovered = null; draw(); } });
          list.addEventListener("click", event => {
            const index = indexOf(event);
            if (index === null) return;
            pin(index === pinned ? null : index);
          });
          list.addEventListener("focusin", event => {
            const index = indexOf(event);
            if (index !== null && index !== pinned && event.target.matches(":focus-visible")) pin(index);
          });
          list.addEventListener("keydown", event => {
            const last = chips.length - 1, now = chips.indexOf(document.activeElement);
            const next = { ArrowRight: now + 1, ArrowDown: now + 1, ArrowLeft: now - 1, ArrowUp: now - 1, Home: 0, End: last };
            if (event.key === "Escape") { pin(null); return; }
            if (!(event.key in next) || last < 0) return;
            event.preventDefault();
            const index = Math.min(last, Math.max(0, next[event.key]));
            pin(index); chips[index].focus();
          });
          for (const control of [map, range, spacing, opacity]) control.addEventListener("input", draw);

          // Over a picture, the weight of the visual token under the pointer.
          frames.forEach((frame, index) => {
            const before = pictures.slice(0, index).reduce((sum, p) => sum + p.rows * p.columns, 0);
            frame.addEventListener("pointermove", event => {
              const box = frame.getBoundingClientRect(), { rows, columns } = pictures[index];
              const row = Math.min(rows - 1, Math.max(0, Math.floor((event.clientY - box.top) / box.height * rows)));
              const column = Math.min(columns - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * columns)));
              frame.title = `row ${row}, column ${column}: ${short(shown[before + row * columns + column])}`;
            });
          });
          for (const button of document.querySelectorAll("button[data-overlay]")) {
            if (button.dataset.overlay !== root.id) continue;
            button.addEventListener("click", () => {
              const lines = ["token,text,vas,map,picture,row,column,weight\n"];
              tokens.forEach((token, t) => maps.forEach((name, m) => {
                const values = weights(t, m);
                let place = 0;
                for (const picture of pictures) {
                  const start = [String(t), token.text, token.vas, name, picture.name].map(field).join(",");
                  for (let i = 0; i < picture.rows * picture.columns; i++, place++) {
                    const weight = Number.isNaN(values[place]) ? "" : String(values[place]);
                    lines.push(`${start},${Math.floor(i / picture.columns)},${i % picture.columns},${weight}\n`);
                  }
                }
              }));
              save(lines.join(""), button.dataset.file, "text/csv");
            });
          }
          draw();
        }

        \#(items)
        })();
        """#
}
