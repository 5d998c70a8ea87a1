"""The last part of the recipe: both halves learn from the same steps; resumable like them.

python -m engine.training.together --out DIR --cache DIR [--until HH:MM] [--after STEPS FOLDER]
    [--workers N]

Where the state is lost, `--after` goes on from the weights of a model that made so many steps here,
and writes a blend of both. Of several workers each makes steps of its own, and every so often they
go on from the mean of their weights: on two cores one thread each makes 1.4 times as many steps as
two threads in one process.

Steps with pictures, with sound and of typed lessons in turn: a decoder that learnt to answer about
pictures alone would forget how to hear.
"""

import argparse
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F

from engine.tokenizer import Tokenizer
from engine.training import eyesight, language
from engine.training.batches import Batches
from engine.training.conversations import Chats
from engine.training.export import blend, export, take
from engine.training.lessons import Lessons
from engine.training.log import Log
from engine.training.machine import cooling, deadline_of, parser_of, use_fast_products
from engine.training.pictures.scene import Kind
from engine.training.pictures.views import UNMARKED, Mixture, Painter, Views
from engine.training.saved import write_state
from engine.training.sight import Sight
from engine.training.team import Team, gather
from engine.training.trainer import Trainer, attention_for

STATE = "together.pt"
SEED = 7
STEPS = 40_000
# Shares of the steps with pictures, each up to a step; the others go on as the language half's last
# stage does. At first hearing suffers: at 0.75, from 3 to 10 % of words wrong in trained voices.
LOOKING = {
    1_000: 0.5,
    2_500: 0.35,
    10_500: 0.3,
    12_400: 0.65,
    16_500: 0.42,
    24_800: 0.28,
    30_500: 0.24,
    32_800: 0.2,
    STEPS: 0.24,
}
# Of those, steps with signs alone: letters come last, when the eyes tell all else apart. As a few
# of each step's pictures they were never learnt.
READING = {10_500: 0.0, 12_400: 0.65, 16_500: 0.4, 22_000: 0.3, STEPS: 0.2}
IN_TURNS = 0.15  # of the pictures: one question after the other; of the others each by itself
SHOWN = Mixture(
    {
        Kind.SHAPES: 0.31,
        Kind.THING: 0.25,
        Kind.UNKNOWN: 0.36,
        Kind.NOTHING: 0.05,
        Kind.SIGN: 0.03,
    }
)
SIGNS = Mixture({Kind.SIGN: 1.0})
FEW, FEW_ITEMS = 0.35, 2  # of the steps with pictures have so few items: yes and no begin there
PICTURES, PRINTED = 16, 40  # of a step; with signs alone, of which one thing is asked
NAMING = 0.3  # weight of naming cells beside answering
RATE, EYES_RATE = 6e-4, 1e-3
WARM_UP = 60  # steps
HEADS_ALONE, HEADS_RATE = 100, 3e-3  # steps after weights alone were taken over
# Of a model that was gone on from, in what is written, by parts of the weights' names. After 5,400
# steps 2.3 % of the words of new sentences in unheard voices were wrong of a blend of 0.3, 3.6 of
# the last weights alone and 4.8 of the first. What only the last weights know fades the sooner the
# more of the eyes is kept: of words on signs, just learnt, 75 % were read by the last weights
# alone, 72 with 0.1 of the eyes and 59 with 0.3 of everything. Once they are known nothing fades:
# after 5,466 more steps (with three conformer blocks more) 77 % by the last weights alone, 79 by
# this blend; of words in new sentences 3.1 % wrong, 2.1 by this blend; at 10 dB 12.4 and 10.3.
# After 2,859 more (in two processes): random words 25.8 % wrong by the last weights alone, 24.2 by
# this blend, 26.4 before.
# After 2,506 more, of three times as much speech: 22.5, 21.4 by a blend like this one, 24.2 before.
# After 3,200 more, with the equaliser: 22.2, 17.8 by this blend, 19.2 before; at 10 dB 7.9, 8.6 and
# 10.0; of words in new sentences 2.8, 2.2 and 1.9.
# After 2,300 more, with made-up accents and natural voices: 15.8 by this blend, 16.4 with 0.4 of
# what hears, 17.8 before; at 10 dB 6.0, 7.0 and 8.6; of words in new sentences 1.6, 1.1 and 2.2.
# After 1,480 more, the state of the training and all clips being new: open English 41.5 by the last
# weights alone, 42.6 with half of everything, 45.9 before; at 10 dB 9.9, 5.0 and 6.7; random words
# the same. So it was this blend, with more of the decoder for the answers that had changed.
KEPT = {"vision": 0.5, "audio": 0.5, "": 0.4}
SAVE_EVERY_S = 180.0
MEET_EVERY = 40  # steps of each worker, where there are several
_FIRST_VIEW = 1_000_000  # numbers of pictures: none that the eyes saw before
_HEARING = replace(
    language.STAGES[-1],
    mixture=replace(
        language.STAGES[-1].mixture, natural=0.18, opened=0.08, asked=0.31, looked=0.05, typed=0.21
    ),
)


class Turn(StrEnum):
    """What a step teaches; the names are those of the log."""

    HEAR = "heard"  # or read a typed lesson
    LOOK = "looked"  # pictures of every kind
    READ = "read"  # signs alone


class Together:
    """Both halves and their optimisers.

    State: `step`, the number of steps made here.

    Args:
        trainer: of the language half.
        sight: the eyes, beside the same model.
        tokenizer: of the model.
        batches: of speech, with questions about pictures.
        lessons: typed ones.
        painter: of pictures.
        mixture: of the pictures.
        team: that makes such steps; each member sees and hears something else in them.
    """

    def __init__(
        self,
        trainer: Trainer,
        sight: Sight,
        tokenizer: Tokenizer,
        batches: Batches,
        lessons: Lessons,
        painter: Painter,
        mixture: Mixture,
        team: Team,
    ) -> None:
        self.trainer, self.sight = trainer, sight
        self.team = team
        self.step = 0
        self._batches, self._lessons = batches, lessons
        self._painter, self._mixture = painter, mixture
        self._chats = Chats(tokenizer, sight.config)
        whole = _HEARING.mixture
        self._hearing = replace(  # of which each member takes a share: a whole step's, too
            _HEARING,
            mixture=replace(
                whole, seconds=whole.seconds * team.workers, lessons=whole.lessons * team.workers
            ),
        )

    def learn(self, cooled: float) -> dict[str, float]:
        """One step, its rates times `cooled`; gives the losses."""
        what = turn(self.step)
        if what is not Turn.HEAR:
            few = random.Random(f"few {SEED} {self.step}").random() < FEW
            mixture = replace(self._mixture, most=FEW_ITEMS) if few else self._mixture
            if what is Turn.READ:
                mixture = SIGNS
            number = _FIRST_VIEW + self.step * self.team.workers + self.team.rank
            views = self._painter.views(number, pictures_of(self.step), mixture)
            report = self.look(views, cooled, what)
        else:
            report = language.step(
                self.trainer,
                self._batches,
                self._lessons,
                self._hearing,
                self.team,
                RATE * cooled,
            )
        self.step += 1
        return report

    def look(self, views: Views, cooled: float, what: Turn) -> dict[str, float]:
        """One step of answering questions about pictures."""
        trainer, sight, model = self.trainer, self.sight, self.trainer.model
        rng = random.Random(f"typed {SEED} {self.step}")
        chats = []
        for asked in views.asked:
            taught = [one.typed(rng) for one in asked]
            make = self._chats.about if rng.random() < IN_TURNS else self._chats.apart
            if taught:
                chats.append(make(taught))
        places = torch.tensor([place for place, asked in enumerate(views.asked) if asked])
        size = trainer.drawn_size()[0]
        with attention_for(trainer.device):
            seen = sight.eyes(views.pixels)
            loss, report = sight.named(seen, views.marks)
            ids, forks, want, targets = self._chats.padded(chats)
            embeds = self._chats.embedded(model, sight.eyes, ids, seen[places])
            decoder = model.language_model
            logits = decoder.logits(decoder(embeds, ids, size=size, want=want, forks=forks))
            answered = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
            trainer.clear()
            sight.clear()
            torch.autograd.backward(answered + NAMING * loss)
        right = (logits.argmax(-1) == targets)[targets != UNMARKED].float().mean()
        report |= {what: answered.item(), f"{what} right": right.item()}
        eyes_norm = sight.advance(EYES_RATE * cooled)
        return report | {"eyes' norm": eyes_norm, "norm": trainer.advance(RATE * cooled)}

    def follow(self, folder: Path, steps: int) -> None:
        """Go on from an exported model that made so many steps, its training's state being lost.

        The heads are not exported: new ones first learn alone what the weights tell them.
        """
        trainer, sight = self.trainer, self.sight
        take(folder, trainer.model, sight.eyes)
        trained = [*trainer.model.parameters(), *sight.eyes.parameters()]
        for weight in trained:
            weight.requires_grad_(False)
        objective = replace(_HEARING.objective, next_token=0.0)
        for number in range(HEADS_ALONE):
            trainer.train(self._batches.batch(number, _HEARING.mixture), objective, HEADS_RATE)
            sight.name(self._painter.views(number, PICTURES, self._mixture), HEADS_RATE)
        for weight in trained:
            weight.requires_grad_(True)
        self.step = trainer.step = sight.step = steps

    def meet(self) -> None:
        """Go on from the mean of the team's weights; the optimisers stay each member's own."""
        trainer, sight = self.trainer, self.sight
        modules = (trainer.model, trainer.heads, sight.eyes, sight.heads)
        self.team.meet([weight for module in modules for weight in module.parameters()])

    def save(self, path: Path) -> None:
        """Write everything that a later run needs; a kill leaves the old file whole."""
        state = {
            "step": self.step,
            "language": self.trainer.state(),
            "eyes": self.sight.state(),
        }
        write_state(state, path)

    def load(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        state: Mapping[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        self.trainer.restore(state["language"])
        self.sight.restore(state["eyes"])
        self.step = state["step"]


def turn(step: int) -> Turn:
    """What a step teaches."""
    drawn = random.Random(f"together {SEED} {step}").random()
    looking, reading = (
        next((share for until, share in shares.items() if step < until), 0.0)
        for shares in (LOOKING, READING)
    )
    if drawn >= looking:
        return Turn.HEAR
    return Turn.READ if drawn < looking * reading else Turn.LOOK


def pictures_of(step: int) -> int:
    """How many pictures a step shows."""
    return {Turn.HEAR: 0, Turn.LOOK: PICTURES, Turn.READ: PRINTED}[turn(step)]


def prepare(
    cache: Path,
    mixture: Mixture,
    after: tuple[int, Path] | None = None,
    team: Team | None = None,
) -> Together:
    """Both halves as they were left here, as an exported model has them, or each by itself."""
    trainer, tokenizer, batches, lessons = language.prepare(cache, "cpu")
    sight, painter = eyesight.prepare(cache, trainer.model)
    team = team or Team(0, 1, cache)
    together = Together(trainer, sight, tokenizer, batches, lessons, painter, mixture, team)
    if (cache / STATE).exists():
        together.load(cache / STATE)
    elif after:
        steps, folder = after
        together.follow(folder, steps)
    else:
        trainer.load(cache / language.STATE)
    return together


def train(
    cache: Path,
    out: Path,
    until: float | None,
    steps: int = STEPS,
    after: tuple[int, Path] | None = None,
    team: Team | None = None,
) -> Together:
    """Train up to the last step, to the moment `until` (s since the epoch), or to SIGTERM; then
    write the model into `out`.

    after: steps that an exported model made and its folder, from which it goes on where there is
        no state.
    team: that this process is one of; its leader writes. None: it trains alone.
    """
    team = team or Team(0, 1, cache)
    together = prepare(cache, SHOWN, after, team)
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopped.append(number))
    saved, began = time.monotonic(), together.step
    leads, every = team.rank == 0, MEET_EVERY if team.workers > 1 else 1
    with Log(cache / "together.jsonl" if leads else None) as log:
        while together.step < steps:
            now = time.time()
            if (together.step - began) % every == 0:
                together.meet()
                if any(team.told(bool(stopped), until is not None and now >= until)):
                    break
                if leads and time.monotonic() - saved > SAVE_EVERY_S:
                    together.save(cache / STATE)
                    saved = time.monotonic()
            warm = min(1.0, (together.step - began + 1) / WARM_UP)
            losses = together.learn(warm * cooling(together.step, steps, now, until))
            log.take(together.step, "together", losses | {"seconds": time.time() - now})
    together.meet()
    team.leave()
    if leads:
        together.save(cache / STATE)
        if not stopped:
            export(together.trainer.model, cache / "tokenizer.model", out, together.sight.eyes)
            if after:
                blend(out, after[1], KEPT)
    return together


def work(rank: int, arguments: argparse.Namespace) -> None:
    """One worker's part. arguments: this command's."""
    use_fast_products(arguments.threads)
    team = Team(rank, arguments.workers, arguments.cache / "meeting")
    after = (int(arguments.after[0]), Path(arguments.after[1])) if arguments.after else None
    train(arguments.cache, arguments.out, deadline_of(arguments.until), after=after, team=team)


def main() -> None:
    """Go on with both halves; then write the whole model."""
    parser = parser_of(
        "Finish the bundled model: both halves together.",
        "of the recipe: both halves' states, speech and the log",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished model")
    parser.add_argument("--after", nargs=2, metavar=("STEPS", "FOLDER"))
    parser.add_argument("--workers", type=int, default=1, help="processes, of --threads each")
    arguments = parser.parse_args()
    cache: Path = arguments.cache
    trainer, *_ = language.prepare(cache, "cpu")  # once, before several would make the same files
    eyesight.prepare(cache, trainer.model)
    gather(work, arguments.workers, cache / "meeting", arguments)


if __name__ == "__main__":
    main()
