#!/usr/bin/env python3
"""Makes vectors.jsonl: answers of many shapes, read by VLMEvalKit's own functions.

    python3 make_vectors.py KIT SEED COUNT vectors.jsonl

KIT is a checkout of VLMEvalKit (e8e78f05 made the file that lies here, with seed 11 and 1500 vectors). Needs
latex2sympy2-extended with antlr4-python3-runtime 4.13.2, and pandas. The judge is never asked: where the kit would ask it, nothing
is extracted and the answer is wrong.
"""

import sys, types, random, json, re, logging
class L:
    def __getattr__(s,n): return lambda *a,**k: None
m=types.ModuleType
vl=m('vlmeval'); smp=m('vlmeval.smp'); log=m('vlmeval.smp.log'); fil=m('vlmeval.smp.file'); ut=m('vlmeval.utils')
log.get_logger=lambda *a:L(); smp.get_logger=log.get_logger; smp.load=None; fil.load=None
sys.modules.update({'vlmeval':vl,'vlmeval.smp':smp,'vlmeval.smp.log':log,'vlmeval.smp.file':fil,'vlmeval.utils':ut})
kit=sys.argv[1]
def module(name,path):
    made=m(name); exec(compile(open(kit+'/'+path).read(),path,'exec'),made.__dict__); return made
matching_util=module('matching_util','vlmeval/utils/matching_util.py'); ut.can_infer=matching_util.can_infer
td=m('timeout_decorator'); td.timeout=lambda *a,**k:(lambda f:f); sys.modules['timeout_decorator']=td
mathv=module('mathv','vlmeval/dataset/utils/mathv.py'); mathvista=module('mathvista','vlmeval/dataset/utils/mathvista.py')
punct=m('punct'); text=open(kit+'/vlmeval/smp/misc.py').read()
exec(text[text.index('def process_punctuation'):text.index('def h2r')],punct.__dict__)
mathv.print=lambda *a,**k:None
logging.disable(logging.CRITICAL)
import warnings; warnings.simplefilter('ignore')
def yorn(o):
    w=punct.process_punctuation(o.lower()).split()
    if 'yes' in w and 'no' not in w: return 'Yes'
    if 'yes' not in w and 'no' in w: return 'No'
    return None
rnd=random.Random(int(sys.argv[2])); N=int(sys.argv[3])
wraps=["{}","{}.","({})","The answer is {}","The answer is **{}**.","answer is {}","Answer: {}","**{}**","\\boxed{{{}}}","<answer>{}</answer>","<answer> {} </answer>","$ {} $","Option {} is right","I think {} because A is wrong","so {}!","{}\n","  {} ","\u00a0{}","{}?","'{}'","the correct  answer\nis *{}","correct answer is {} and it is good that we know","{}, {}","Yes, {}","Sorry, I can't help with images of people yet. {}","Cannot determine the answer {}","Z","{} Z","{}; because of the four shapes in the middle","first {} then later more text follows here","Failed to obtain answer via API. {}","A {} boat","ANSWER IS {}","an\u017fwer i\u017f {}","#{}","{}:","[{}]","{{{}}}","《{}》","答案是{}","答案是 {} 。","{}。","-{}","{}-"]
texts=["red","Red","blue boat","a tent","$6,000","7.5","10","100","1","None of these","Straße","ΣΑΣ","σας","I","both A and B","İstanbul","60°","\\frac{1}{2}","x^2","yes","no","no change","Other","45","145","the tent"]
def choices(n): return {chr(65+i):rnd.choice(texts) for i in range(n)}
out=[]
def nums():
    r=rnd.random
    k=rnd.randrange(34)
    a,b,c=rnd.randint(0,20),rnd.randint(1,12),rnd.randint(0,9)
    F=[f"{a}",f"-{a}",f"{a}.0",f"{a}.{c}",f".{c}",f"{a}.",f"{a}/{b}",f"\\frac{{{a}}}{{{b}}}",f"\\dfrac{{{a}}}{{{b}}}",f"{a}\\frac{{{c}}}{{{b}}}",f"{a} \\frac{{{c}}}{{{b}}}",f"{a}^{c%4}",f"{a}^{{{c%4}}}",f"{a}**{c%4}",f"{a}*{b}",f"{a} \\times {b}",f"{a} \\cdot {b}",f"{a} + {b}",f"{a} - {b}",f"{a},000",f"{a}{{,}}000",f"{a}e{c%3}",f"{a}_{b}",f"({a})",f"\\left({a}\\right)",f"{a}({b})",f"{a} {b}",f"{a}\\%",f"{a}%",f"{a}^\\circ",f"{a}^{{\\circ}}",f"{a} \\div {b}",f"\\sqrt{{{a}}}",f"{a}:{b}"]
    s=F[k]
    if r()<.15: s="-"+s
    if r()<.1: s="\u2212"+s
    if r()<.12: s="$"+s+"$"
    if r()<.1: s="\\boxed{"+s+"}"
    if r()<.08: s=s+rnd.choice(["+","*","-","/"])+nums()
    if r()<.05: s=s+rnd.choice([" cm","cm","°"," # five",".","  ","\n","\\text{ cm}","\\,cm","!","^2","²","%","+"])
    if r()<.04: s="("+s+")"+rnd.choice(["","(2)","^2","/2","%"])
    if r()<.03: s=rnd.choice(["x=","\\pi ","a","A","e","|","\\text{","~","not ","+","--"])+s
    return s
def emit(bench,kind,pred,ch,ans,at,ext,ok): out.append(dict(benchmark=bench,kind=kind,prediction=pred,choices=ch,answer=ans,answer_type=at,precision=None,expected_extracted=ext,expected_correct=bool(ok),note=''))
import signal
class TO(Exception): pass
def h(*a): raise TO()
signal.signal(signal.SIGALRM,h)
while len(out)<N:
    t=rnd.random()
    if t<.3:
        ch=choices(rnd.choice([2,4,4,5,10])); b=rnd.choice(['mmstar','mmmu','mmmu-pro'])
        w=rnd.choice(wraps); x=rnd.choice(list(ch)+list(ch.values())+['E','Z','I','J','a','b'])
        p=w.format(x,rnd.choice(list(ch))) if '{' in w else w
        if rnd.random()<.2: p=p+' '+rnd.choice(wraps).format(rnd.choice(list(ch)),rnd.choice(list(ch)))
        r=matching_util.can_infer(p,dict(ch)); a=rnd.choice(list(ch))
        emit(b,'multiple_choice',p,ch,a,None,r or None,(r or None)==a)
    elif t<.36:
        ref=rnd.choice(texts+['24','30',"['a', 'b']"]); ch={'A':ref,'B':'Other Answers'}
        p=rnd.choice(wraps).format(rnd.choice(texts+['24','124','30']),'B'); r=matching_util.can_infer(p,dict(ch))
        emit('mmmu','free_form',p,None,ref,None,r or None,r=='A')
    elif t<.5:
        base=rnd.choice(["yes","no","Yes","No","yes and no","not","none","NO","YES","y es"])
        p=rnd.choice(wraps+["{}, it is (clearly) so","{} - it is","{}... well","1,000 {}!","{},{}","{}/{}","a.b.{}.c","{}."+". x"*40,"I say:{}","“{}”","well;{} ","it is {}= ","{} \u3000","{}\u200b"]).format(base,rnd.choice(["no","yes","x"]))
        r=yorn(p); a=rnd.choice(['Yes','No']); emit('hallusionbench','yes_no',p,None,a,None,r,r==a)
    elif t<.68:
        at=rnd.choice(['integer','float','list','text'])
        a=str(rnd.randint(-3,30)) if at=='integer' else str(round(rnd.uniform(-3,30),rnd.choice([1,2]))) if at=='float' else 'abc'
        p=rnd.choice([a,a,a+'.0',a+'0',' '+a+' ','+'+a,'0'+a,a+' cm',a+'%',nums(),'1_0',a+'e0',a.replace('.',','),'\u0661\u0662',a+'\n','nan','inf','-'+a,'1e400','1e-7','12345678901234567890','1e16','123456789012345680.0'])
        if rnd.random()<.3: a=p.strip()
        line=dict(question_type='free_form',answer_type=at,answer=a,prediction=p)
        try: r=mathvista.post_check(line,prefetch=True)
        except OverflowError: continue
        emit('mathvista','free_form',p,None,a,at,(str(r) if r else None),bool(r))
    else:
        a=rnd.choice([nums(),str(rnd.randint(0,20)),str(rnd.randint(0,20)),f"\\frac{{{rnd.randint(1,9)}}}{{{rnd.randint(1,9)}}}"])
        p=rnd.choice([nums(),nums(),a,a+' ','$'+a+'$'])
        # often equal in value
        if rnd.random()<.5:
            try:
                from latex2sympy2_extended import latex2sympy
                v=eval(str(latex2sympy(p)))
                a=str(v) if rnd.random()<.7 else str(round(v,7))
            except Exception: pass
        signal.alarm(3)
        try: ok=mathv.is_equal(p,a)
        except TO: continue
        except Exception: ok=False
        finally: signal.alarm(0)
        emit('mathvision','free_form',p,None,a,None,p if ok else None,ok)
with open(sys.argv[4],'w') as f:
    for o in out: f.write(json.dumps(o)+'\n')
