extension SynthesisSettings {
    /// Settings with all their defaults in comments, as `--init` prints them.
    public static let template = """
        # avar synthesize --config FILE: questions with pictures and known answers become reasoning that looks back at the picture.
        # Paths start from this file's folder. Everything behind a # is optional and shows its default.

        output: synthesis                      # the store (synthesis.sqlite) and the data set go here; run again to go on
        # seed: 1                              # of first attempts; later ones count up from it

        data:                                  # JSON, JSON lines or Parquet (EasyR1, sharegpt, OpenAI, alpaca), each ending in its answer
          - path: questions.parquet            # or microworld:train, with a count
            # name: geo3k                      # an entry of the dataset_info.json at path
            # count: 1000                      # the most that are taken

        stages:
          description:                         # sees the picture
            endpoint: http://localhost:8000/v1
            model: a-vision-model
            # key_env: OPENAI_API_KEY          # the variable that holds the key; or key_file: the file that does. Never the key itself
            # max_tokens: 4096
            # temperature: 0.7                 # the server's own unless given, as top_p
            # top_p: 0.9
            # seed: 1
            # concurrency: 8                   # requests at one time
            # requests_per_minute: 500         # no limit unless given
            # tokens_per_minute: 200000        # of prompts and answers together
            # connect_timeout: 10              # seconds
            # idle_timeout: 300                # how long the server may say nothing
            # total_timeout: 1800
            # retries: 8                       # of what fails on its way: 429, 5xx, cut, silent or malformed answers
            # first_delay: 1                   # seconds; each further wait is twice as long, half of it by chance
            # longest_delay: 300               # a server that asks for a longer wait stops the run; nothing is lost
            # stream: false
            # prompt: prompts/description.txt  # a file of your own, with {question} and {options}
          reasoning:                           # sees the description only
            endpoint: http://localhost:8000/v1
            model: a-reasoning-model
            # prompt: prompts/reasoning.txt    # {question} and {description}; {options}, {answer} if wanted
          anchors:                             # weaves looks at the picture into the reasoning
            endpoint: http://localhost:8000/v1
            model: a-reasoning-model
            # send_picture: false
            # prompt: prompts/anchors.txt      # {question} and {reasoning}; {description}, {options}, {answer} if wanted

        # retries:
        #   malformed: 2                       # how often a stage is asked again if its reply is empty, cut or of another form
        #   rejected: 2                        # how often reasoning and anchors are made again if a sample is rejected

        # breaker:                             # when an endpoint is left alone for a while
        #   failures: 10                       # in a row
        #   share: 0.6                         # of the last 'window' requests
        #   window: 40
        #   pause: 5                           # seconds; doubled after each probe that fails
        #   longest_pause: 120
        #   probes: 10                         # that fail one after the other until the run stops; nothing is lost

        # limits:                              # of this store, all runs together; the run stops cleanly when one is reached
        #   requests: 100000
        #   tokens: 200000000
        #   cost: 150

        # prices:                              # of a million tokens
        #   - {model: a-vision-model, input: 2.5, output: 10}
        #   - {model: a-reasoning-model, input: 1, output: 4}

        # running:
        #   lease: 30                          # seconds until another process takes over the samples of one that gives no sign of life
        #   grace: 60                          # seconds that requests under way are waited for after Ctrl-C

        # dataset:
        #   name: vard                         # in dataset_info.json
        #   pictures: copy                     # or link
        #   instruction: Think about the picture and the question first, then answer. Put your reasoning between <think> and </think> and the final answer between <answer> and </answer>.

        """
}
