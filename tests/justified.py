"""What a justification says beside its reason."""

PARTS = {
    "need": "Summaries of claims by a large language model, by the token.",
    "price": "The prices are the public list, less ten percent.",
    "steps": "The next need is announced three months earlier, to every vendor.",
    "technical": "The chief of claims certifies the workload as complete and accurate.",
    "efforts": "Three vendors were asked; one answered.",
    "research": "A request for information found one model that reads the forms.",
    "sources": "None.",
}
