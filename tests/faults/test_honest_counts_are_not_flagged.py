"""Honest vendors are flagged no oftener than α says, and padded counts are flagged.

Two thousand vendors of each kind, each of up to twenty thousand samples, looked at
after every one of them: forty seconds of arithmetic, without a database.
"""

import random
import sys
from array import array
from statistics import quantiles

import pytest

from contracting.recounts.calculations import Standing, carry_on, excess

VENDORS = 2_000
SAMPLES = 20_000
CHUNK = 2_000
ALPHAS = (0.05, 0.01)
PLACES = 1 << 16


def say(words):
    """What was measured, for whoever runs it with ``-s``."""
    sys.stdout.write(f"{words}\n")


def table(seed, draw):
    """Sixty-five thousand X of one kind of vendor, from which samples are drawn."""
    of = random.Random(seed)
    return [excess(*draw(of)) for _ in range(PLACES)]


def answer(of):
    """Tokens of an answer: some short, most of some hundreds, few of thousands."""
    return max(1, int(of.lognormvariate(5.5, 1.2)))


def canonical(of):
    """Counted as the tokenizer counts; of every other answer the stop token too."""
    tokens = answer(of)
    return tokens + of.randrange(2), tokens


def non_canonical(of):
    """The model wrote other pieces than the tokenizer would: a few per cent more."""
    tokens = answer(of)
    return tokens + sum(of.random() < 0.03 for _ in range(min(tokens, 400))), tokens


def heavy_tailed(of):
    """Mostly exact, seldom far off, in both ways, and now and then without bound."""
    tokens = answer(of)
    off = int(of.paretovariate(0.8)) - 1
    return max(0, tokens + (off if of.random() < 0.6 else -off)), tokens


def drawn(xs, of):
    """Samples without end, a chunk at a time."""
    while True:
        places = array("H", of.randbytes(2 * CHUNK))
        yield [xs[place] for place in places]


def dependent(xs, of):
    """How far counts are off goes on: after a large excess, larger ones, both ways.

    The expected excess stays just at the mean, whatever came before; its size and its
    skew do not.
    """
    mean = sum(xs) / PLACES
    calm = [mean + (x - mean) * 0.1 for x in xs]
    # The same mean, made of rare large excesses, or of rare large shortfalls.
    above = [
        mean + (0.9 if n % 20 == 0 else -0.9 / 19) for n in range(PLACES // 20 * 20)
    ]
    below = [
        mean - (0.9 if n % 20 == 0 else -0.9 / 19) for n in range(PLACES // 20 * 20)
    ]
    now = calm
    while True:
        chunk = []
        for _ in range(CHUNK // 20):
            size = len(now)
            several = [now[int(of.random() * size)] for _ in range(20)]
            chunk += several
            up = several[-1] > mean
            now = (above if up else below) if of.random() < 0.3 else calm if up else now
        yield chunk


def binomial_quantile(size, p, level=0.999):
    """The smallest count that is not exceeded with that probability."""
    chance = (1 - p) ** size
    total, count = chance, 0
    while total < level:
        chance *= (size - count) / (count + 1) * p / (1 - p)
        count += 1
        total += chance
    return count


def peak_of(chunks, allowance, flag_at):
    """The highest wealth within the samples, and at which the flag came."""
    standing = Standing()
    while standing.samples < SAMPLES and standing.first_over is None:
        standing = carry_on(standing, next(chunks), allowance, flag_at)
    return standing


HONEST = {
    "canonical": (canonical, drawn),
    "non-canonical": (non_canonical, drawn),
    "heavy-tailed": (heavy_tailed, drawn),
    "dependent": (non_canonical, dependent),
}


@pytest.mark.parametrize("kind", HONEST)
def test_honest_vendors_are_flagged_no_oftener_than_said(kind):
    # Given vendors whose mean excess is the allowance itself, to the last digit
    draw, samples = HONEST[kind]
    xs = table(kind, draw)
    allowance = sum(xs) / PLACES

    # When each is looked at after every sample
    peaks = [
        peak_of(samples(xs, random.Random(f"{kind} {n}")), allowance, 1 / min(ALPHAS))
        for n in range(VENDORS)
    ]

    # Then no more are flagged than chance may flag
    for alpha in ALPHAS:
        flags = sum(each.peak >= 1 / alpha for each in peaks)
        most = binomial_quantile(VENDORS, alpha)
        say(f"{kind}: {flags} of {VENDORS} flagged at {alpha}, at most {most}")
        assert flags <= most


def padded(share):
    """A vendor who adds so much to every count, to the whole token at random."""

    def draw(of):
        reported, tokens = non_canonical(of)
        more = tokens * share
        return reported + int(more) + (of.random() < more % 1), tokens

    return draw


def flagged_after(draw, seed, vendors, allowance):
    xs = table(seed, draw)
    ends = [
        peak_of(drawn(xs, random.Random(f"{seed} {n}")), allowance, 100)
        for n in range(vendors)
    ]
    return [each.first_over or SAMPLES + 1 for each in ends]


def test_the_more_is_added_the_sooner_it_is_flagged():
    # Given the allowance at which the honest vendor stands
    allowance = sum(table("non-canonical", non_canonical)) / PLACES
    medians = []
    for percent in (2, 5, 10):
        ends = flagged_after(padded(percent / 100), percent, VENDORS, allowance)
        quarters = quantiles(ends, n=4)
        say(f"δ + {percent} %: flagged after {quarters}")
        medians.append(quarters[1])
        if percent == 5:
            assert sum(end <= 2_000 for end in ends) >= 0.9 * VENDORS
    assert medians[0] > medians[1] > medians[2]


def test_one_call_in_fifty_counted_twice_is_flagged():
    def doubled(of):
        tokens = answer(of)
        return (tokens * 2 if of.random() < 0.02 else tokens), tokens

    ends = flagged_after(doubled, "doubled", VENDORS, 0.005)

    say(f"1 in 50 doubled: flagged after {quantiles(ends, n=4)}")
    assert max(ends) <= SAMPLES
