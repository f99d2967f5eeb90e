"""Asks a running server with the openai client (PyPI: openai, pillow) what it must be able to answer.

    pip install openai pillow
    avar microworld oracle --port 8813 &           # or avar serve --model DIR --port 8813
    python openai_client.py http://127.0.0.1:8813/v1 --model microworld-oracle [--token TOKEN] [--picture FILE]
                            [--prompt TEXT] [--probabilities] [--attention]

Prints a line for each check and ends with status 1 if one failed.
"""

import argparse
import asyncio
import base64
import io
import sys

import openai

parser = argparse.ArgumentParser()
parser.add_argument("url")
parser.add_argument("--model", required=True)
parser.add_argument("--token", default="unused")
parser.add_argument("--picture", help="a picture the server can answer about; a grey square without")
parser.add_argument("--prompt", default="What is in the picture?")
parser.add_argument("--probabilities", action="store_true", help="the backend has log-probabilities")
parser.add_argument("--attention", action="store_true", help="the backend has visual attention")
parser.add_argument("--expects-token", action="store_true", help="the server asks for a token")
arguments = parser.parse_args()

client = openai.OpenAI(base_url=arguments.url, api_key=arguments.token, max_retries=0, timeout=120)
failures = 0


def check(name, is_right, seen=""):
    global failures
    failures += not is_right
    print("ok  " if is_right else "FAIL", name, "" if is_right else seen)


def picture():
    if arguments.picture:
        data = open(arguments.picture, "rb").read()
    else:
        from PIL import Image

        buffer = io.BytesIO()
        Image.new("RGB", (112, 112), "grey").save(buffer, "PNG")
        data = buffer.getvalue()
    return "data:image/png;base64," + base64.b64encode(data).decode()


def messages(url=None):
    parts = [{"type": "text", "text": arguments.prompt}]
    return [{"role": "user", "content": parts + [{"type": "image_url", "image_url": {"url": url or picture()}}]}]


def refused(name, kind, body=None, **settings):
    settings = {"model": arguments.model, "messages": messages(), **settings}
    try:
        client.chat.completions.create(**settings, extra_body=body)
        check(name, False, "was answered")
    except kind as error:
        form = error.body if isinstance(error.body, dict) else {}
        check(name, {"message", "type", "param", "code"} <= set(form), error.body)
    except Exception as error:
        check(name, False, repr(error))


models = client.models.list().data
check("models are listed", arguments.model in [model.id for model in models], models)
check("a model is told by name", client.models.retrieve(arguments.model).id == arguments.model)

settings = dict(model=arguments.model, messages=messages(), max_tokens=400, seed=5)
answer = client.chat.completions.create(**settings)
text = answer.choices[0].message.content
check("a question with a picture is answered", bool(text) and answer.choices[0].finish_reason in ("stop", "length"))
usage = answer.usage
check("tokens are counted", usage.total_tokens == usage.prompt_tokens + usage.completion_tokens > 0, usage)
again = client.chat.completions.create(**settings).choices[0].message.content
check("the same seed gives the same text", again == text, again)

chunks = list(client.chat.completions.create(**settings, stream=True, stream_options={"include_usage": True}))
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
check("a stream gives the same text", streamed == text, streamed)
check("a stream ends with the counts", chunks[-1].usage == usage, chunks[-1])
check("a stream says why it ends", [c for c in chunks if c.choices][-1].choices[0].finish_reason is not None)

several = client.chat.completions.create(**settings, n=3)
check("several answers are given", [choice.index for choice in several.choices] == [0, 1, 2])
middle = text[len(text) // 2 :][:3]
cut = client.chat.completions.create(**settings, stop=[middle]).choices[0]
check("a stop text ends the answer", cut.message.content == text[: text.index(middle)], cut)
short = client.chat.completions.create(**{**settings, "max_tokens": 1}).choices[0]
check("an answer is as short as is asked for", short.finish_reason == "length", short)
named = client.chat.completions.create(**settings, user="me", metadata={"a": "b"}, store=False)
check("harmless settings change nothing", named.choices[0].message.content == text)

if arguments.probabilities:
    told = client.chat.completions.create(**settings, logprobs=True, top_logprobs=2).choices[0].logprobs.content
    check("tokens have probabilities", "".join(bytes(t.bytes).decode(errors="replace") for t in told) == text, told)
    check("tokens have alternatives", all(len(t.top_logprobs) <= 2 and t.logprob <= 0 for t in told))
if arguments.attention:
    told = client.chat.completions.create(**settings, extra_body={"visual_attention": True}).choices[0]
    # The last token is never read again, so that it has none.
    masses = [t["image_mass"] for t in told.visual_attention]
    check("tokens have visual attention", all(m is not None and 0 <= m <= 1 for m in masses[:-1]) and masses[:-1] != [], told)

refused("another model is not found", openai.NotFoundError, model="nobody")
refused("pictures are not fetched", openai.BadRequestError, messages=messages("https://example.com/a.png"))
refused("tools are refused", openai.BadRequestError, tools=[{"type": "function", "function": {"name": "f"}}])
refused("forced forms are refused", openai.BadRequestError, response_format={"type": "json_object"})
refused("a temperature of 3 is refused", openai.BadRequestError, temperature=3)
refused("unknown settings are refused", openai.BadRequestError, body={"surprise": 1})
refused("no messages are refused", openai.BadRequestError, messages=[])
if arguments.expects_token:
    stranger = client.with_options(api_key="wrong")
    try:
        stranger.models.list()
        check("a wrong token is refused", False)
    except openai.AuthenticationError:
        check("a wrong token is refused", True)


async def many():
    crowd = openai.AsyncOpenAI(base_url=arguments.url, api_key=arguments.token, max_retries=0, timeout=120)

    async def one(seed):
        try:
            return bool((await crowd.chat.completions.create(**{**settings, "seed": seed})).choices)
        except openai.RateLimitError as error:
            return "retry-after" in error.response.headers
        except openai.APIStatusError as error:
            return error.status_code == 503

    return await asyncio.gather(*(one(seed) for seed in range(64)))


check("64 clients are each answered or refused", all(asyncio.run(many())))
print("failures:", failures)
sys.exit(failures > 0)
