/// The script that shows items: filters, search, pages, pictures at full size, export.
extension Script {
    static let items = #"""
        // Items: read from their script elements when they are shown, searched or saved; put on the page as text only.
        const browsers = [];
        const remember = () => {
          const words = new URLSearchParams();
          for (const browser of browsers) browser.write(words);
          const address = new URL(location.href);
          address.hash = words.toString();
          // Some browsers refuse addresses that change too often; the filters hold all the same.
          try { history.replaceState(null, "", address); } catch { }
        };
        addEventListener("hashchange", () => browsers.forEach(browser => browser.read()));

        for (const root of document.querySelectorAll(".browser")) {
          const { count, names, pictures, facets } = data(root.id + "-index");
          const item = i => data(`${root.id}-item-${i}`);
          const [bar, above, below] = [".controls", ".turning", ".turning.end"].map(name => root.querySelector(name));
          const selects = [...bar.querySelectorAll("select")], search = bar.querySelector("input");
          const list = root.querySelector(".items"), dialog = root.querySelector("dialog");
          const pageSize = 25, foldedLines = 12, signs = { good: "✓", bad: "✗", neutral: "○" };
          let matches = [], page = 0, pattern = null, found = { query: "", items: null }, timer = 0;

          const make = (tag, kind = "", text = "") => {
            const element = document.createElement(tag);
            element.className = kind; element.textContent = text;
            return element;
          };
          const grouped = number => number.toLocaleString("en");
          // Control characters as their pictures (␀ and so on), one for one.
          const visible = text => text.replace(/[\0-\x08\x0b-\x1f\x7f]/g,
            sign => sign === "\x7f" ? "␡" : String.fromCharCode(0x2400 + sign.charCodeAt(0)));
          const valueOf = (facet, i) => facets[facet].values[facets[facet].items[i]];

          // Letters as they are typed, whatever their case; white space for any white space.
          const patternOf = query => query === "" ? null : new RegExp(query.split(/\s+/)
            .map(word => word.replace(/[\\^$.*+?()[\]{}|\/]/g, "\\$&")).join("\\s+"), "giu");
          const haystacks = [];
          const textOf = i => haystacks[i] ??= (({ title, labels, texts }) =>
            [title, ...labels, ...facets.map((_, f) => valueOf(f, i)), ...texts.map(text => text[1])].join("\0")
          )(item(i));

          // Facets hold together. The count beside a value is of what would be shown if it were chosen.
          const filter = () => {
            const query = search.value.trim(), chosen = selects.map(select => select.value);
            pattern = patternOf(query);
            if (found.query !== query) {
              const isFound = (_, i) => textOf(i).search(pattern) >= 0;
              found = { query, items: pattern && Array.from({ length: count }, isFound) };
            }
            const counts = facets.map(facet => facet.values.map(() => 0));
            matches = [];
            for (let i = 0; i < count; i++) {
              if (found.items && !found.items[i]) continue;
              const misses = chosen.flatMap((value, f) => value === "" || facets[f].items[i] === +value ? [] : [f]);
              if (misses.length === 0) matches.push(i);
              facets.forEach((facet, f) => {
                if (misses.length === 0 || misses.length === 1 && misses[0] === f) counts[f][facet.items[i]] += 1;
              });
            }
            selects.forEach((select, f) => counts[f].forEach((number, value) => {
              select.options[value + 1].textContent = `${facets[f].values[value] || "none"} (${grouped(number)})`;
            }));
            const active = facets.flatMap((facet, f) =>
              chosen[f] === "" ? [] : [`${facet.name}: ${facet.values[+chosen[f]] || "none"}`]);
            if (query !== "") active.push(`search: ${query}`);
            root.querySelector(".active").textContent = active.join(" · ");
          };

          // What was searched for is marked.
          const spell = (target, text) => {
            let end = 0;
            for (const match of pattern ? text.matchAll(pattern) : []) {
              target.append(visible(text.slice(end, match.index)), make("mark", "", visible(match[0])));
              end = match.index + match[0].length;
            }
            target.append(visible(text.slice(end)));
            return target;
          };

          const address = p =>
            `data:${pictures[p][0]};base64,` + document.getElementById(`${root.id}-picture-${p}`).textContent;
          const picture = (p, alt) => {
            const [, width, height] = pictures[p], image = make("img");
            Object.assign(image, { width, height, alt, decoding: "async", src: address(p) });
            return image;
          };
          const enlarge = (p, alt) => {
            dialog.querySelector(".bearing span").textContent = `${alt}, ${pictures[p][1]} × ${pictures[p][2]} pixels`;
            dialog.querySelector(".whole").replaceChildren(picture(p, alt));
            dialog.showModal();
          };
          dialog.addEventListener("close", () => dialog.querySelector(".whole").replaceChildren());
          dialog.addEventListener("click", event => {
            if (event.target === dialog || event.target.closest("button")) dialog.close();
          });

          const entry = i => {
            const { title, tone, labels, pictures: looks, texts } = item(i);
            const element = make("li", "item " + tone), head = make("div", "name"), id = `${root.id}-at-${i}`;
            const heading = spell(make("h3"), title), badges = make("span", "badges");
            (labels.length ? labels : [tone]).forEach((label, n) => {
              const badge = make("span", n === 0 ? "badge verdict" : "badge", n === 0 ? signs[tone] + " " : "");
              badges.append(spell(badge, label), " ");
            });
            head.append(make("span", "place", grouped(i + 1)), heading, badges);
            element.append(head);
            const kinds = facets.flatMap((facet, f) => {
              const value = valueOf(f, i);
              if (!value || labels.includes(value)) return [];
              const kind = make("span", "kind", facet.name + " ");
              kind.append(spell(make("b"), value));
              return [kind, " "];
            });
            if (kinds.length) { const line = make("p", "kinds"); line.append(...kinds); element.append(line); }
            const body = make("div", looks.length ? "body" : "body bare"), column = make("div", "words");
            if (looks.length) {
              const shelf = make("div", "shelf");
              looks.forEach((p, n) => {
                const alt = (looks.length > 1 ? `Picture ${n + 1} of ${looks.length}: ` : "Picture: ") + visible(title);
                const button = make("button", "look");
                button.type = "button"; button.title = "Show at full size";
                button.append(picture(p, alt));
                button.addEventListener("click", () => enlarge(p, alt));
                shelf.append(button);
              });
              body.append(shelf);
            }
            texts.forEach(([name, text], n) => {
              const row = make("div", "said"), words = make("div", "text"), more = make("button", "more");
              words.id = `${id}-${n}`;
              if (text === "") words.append(make("span", "space", "∅ empty")); else spell(words, text);
              more.type = "button"; more.hidden = true; more.setAttribute("aria-controls", words.id);
              more.addEventListener("click", () => {
                words.classList.toggle("open");
                fold();
                // Folded away below a reader who is at its end, the text comes back into view.
                if (!words.classList.contains("open")) row.scrollIntoView({ block: "nearest" });
              });
              row.append(make("h4", "", names[name]), words, more);
              column.append(row);
            });
            body.append(column);
            element.append(body);
            return element;
          };

          // Texts of many lines are folded, if not opened or marked below the fold. All are measured before one is changed.
          const fold = () => {
            const measured = [...list.querySelectorAll(".text")].map(words => {
              const line = parseFloat(getComputedStyle(words).lineHeight);
              const low = [...words.querySelectorAll("mark")].some(mark => mark.offsetTop >= (foldedLines - 1) * line);
              return { words, low, lines: Math.round(words.scrollHeight / line) };
            });
            for (const { words, low, lines } of measured) {
              const more = words.nextElementSibling, long = lines > foldedLines + 3;
              if (low && more.hidden) words.classList.add("open");
              const open = words.classList.contains("open");
              words.classList.toggle("folded", long && !open);
              more.hidden = !long;
              more.textContent = open ? "Fold" : `Show all ${grouped(lines)} lines`;
              more.setAttribute("aria-expanded", open);
            }
          };

          const show = () => {
            const last = Math.max(0, Math.ceil(matches.length / pageSize) - 1);
            page = Math.min(Math.max(0, page), last);
            const start = page * pageSize, shown = matches.slice(start, start + pageSize);
            const range = last === 0 ? "" : `, ${grouped(start + 1)} to ${grouped(start + shown.length)} shown`;
            above.querySelector(".count").textContent = `${grouped(matches.length)} of ${grouped(count)} items${range}`;
            for (const place of [above, below]) {
              place.querySelector("nav").hidden = last === 0;
              place.querySelector(".place").textContent = `page ${grouped(page + 1)} of ${grouped(last + 1)}`;
              place.querySelector(".back").disabled = page === 0;
              place.querySelector(".on").disabled = page === last;
            }
            list.replaceChildren(...shown.map(entry));
            if (!shown.length && count)
              list.append(make("li", "nothing", "Nothing matches. “Clear all” shows every item."));
            fold();
          };
          const change = () => {
            page = 0; filter(); show();
            clearTimeout(timer); timer = setTimeout(remember, 200);
          };

          facets.forEach((facet, f) => facet.values.forEach((_, value) => selects[f].append(new Option("", value))));
          for (const control of [...selects, search]) control.addEventListener("input", change);
          bar.querySelector(".clear").addEventListener("click", () => {
            for (const control of [...selects, search]) control.value = "";
            change();
          });
          for (const place of [above, below]) for (const [name, step] of [[".back", -1], [".on", 1]]) {
            place.querySelector(name).addEventListener("click", () => {
              page += step; show(); remember();
              if (place === below) above.scrollIntoView();
              // A button that has just been disabled would lose the keyboard.
              const next = above.querySelector(name), other = above.querySelector(step > 0 ? ".back" : ".on");
              if (place === below || next.disabled) (next.disabled ? other : next).focus({ preventScroll: true });
            });
          }
          let width = innerWidth;
          addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; fold(); } });

          for (const button of document.querySelectorAll("button[data-items]")) {
            if (button.dataset.items !== root.id) continue;
            button.addEventListener("click", () => {
              const lines = [["item", "title", "labels", ...facets.map(facet => facet.name), ...names]];
              for (const i of matches) {
                const { title, labels, texts } = item(i), said = names.map(() => []);
                for (const [name, text] of texts) said[name].push(text);
                lines.push([String(i + 1), title, labels.join("; "), ...facets.map((_, f) => valueOf(f, i)),
                  ...said.map(parts => parts.join("\n"))]);
              }
              save(lines.map(line => line.map(field).join(",") + "\n").join(""), button.dataset.file, "text/csv");
            });
          }

          // The state as words of the address: s4.is.verdict=wrong&s4.search=red&s4.page=2.
          const prefix = root.id.replace("-items", ".");
          const read = () => {
            const words = new URLSearchParams(location.hash.slice(1));
            selects.forEach((select, f) => {
              const place = facets[f].values.indexOf(words.get(prefix + "is." + facets[f].name) ?? undefined);
              select.value = place < 0 ? "" : String(place);
            });
            search.value = words.get(prefix + "search") ?? "";
            page = (parseInt(words.get(prefix + "page")) || 1) - 1;
            filter(); show();
            return [...words.keys()].some(word => word.startsWith(prefix));
          };
          const write = words => {
            selects.forEach((select, f) => {
              if (select.value !== "") words.set(prefix + "is." + facets[f].name, facets[f].values[+select.value]);
            });
            if (search.value.trim() !== "") words.set(prefix + "search", search.value.trim());
            if (page > 0) words.set(prefix + "page", page + 1);
          };
          browsers.push({ read, write });
          for (const part of [bar, above, below]) part.hidden = false;
          if (read()) root.closest("section").scrollIntoView();
        }
        """#
}
