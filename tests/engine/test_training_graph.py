"""Every component that prepares messages also prepares the training data."""

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.data import TrainingType

from engine.job_titles import JobTitleExtractor
from engine.sentence_embedding import SentenceEmbedding
from tests.engine.small_model import ROOT


def test_training_finds_job_words_before_it_embeds_them():
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    schema = (
        DefaultV1Recipe()
        .graph_config_for_recipe(config, {}, training_type=TrainingType.NLU)
        .train_schema
    )
    prepared = [n.uses for n in schema.nodes.values() if n.fn == "process_training_data"]
    assert prepared.index(JobTitleExtractor) < prepared.index(SentenceEmbedding)
