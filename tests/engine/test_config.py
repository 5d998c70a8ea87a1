"""What config.json may look like, and what is said when it does not."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.config import MOST_JSON_BYTES, LayerType, load_config, parse_config
from engine.errors import ErrorKind, NestlingError
from engine.published import published_config
from tests.checkpoints import tiny_config


def refused(raw: dict[str, Any]) -> str:
    with pytest.raises(NestlingError) as caught:
        parse_config(raw)
    assert caught.value.kind is ErrorKind.BAD_MODEL
    return caught.value.message


def with_text(**keys: Any) -> dict[str, Any]:
    raw = tiny_config()
    raw["text_config"] |= keys
    return raw


@pytest.mark.parametrize(
    ("layers", "shared", "width", "source"), [(35, 15, 16_384, (18, 19)), (30, 10, 8_192, (18, 19))]
)
def test_published_shapes_are_read(
    layers: int, shared: int, width: int, source: tuple[int, int]
) -> None:
    config = parse_config(published_config(layers, shared, width))
    text = config.text
    assert text.intermediate_size == (width,) * layers
    assert text.first_shared_layer == 20
    assert {text.kv_source(layer) for layer in range(20, layers)} == set(source)
    assert text.layer_types[4::5] == (LayerType.FULL,) * (layers // 5)
    assert (text.rope_theta_full, text.rope_theta_sliding) == (1e6, 1e4)
    assert text.activation_sparsity == (0.95,) * 10 + (0.0,) * (layers - 10)
    assert config.vision is not None
    assert config.eos_token_ids == (1, 106)
    assert config.dtype == "bfloat16"


def test_both_spellings_of_rope_mean_the_same() -> None:
    new = with_text(
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": 7e5},
            "sliding_attention": {"rope_theta": 9e3},
        }
    )
    old = with_text(rope_theta=7e5, rope_local_base_freq=9e3)
    assert parse_config(new).text == parse_config(old).text


def test_both_spellings_of_the_ears_epsilon_mean_the_same() -> None:
    raw = published_config(30, 10, 8_192)
    raw["audio_config"]["sscp_conv_eps"] = raw["audio_config"].pop("sscp_conv_group_norm_eps") * 2
    audio = parse_config(raw).audio
    assert audio is not None
    assert audio.sscp_conv_group_norm_eps == 2e-3


def test_widths_may_be_one_number_or_one_for_each_layer() -> None:
    assert parse_config(with_text(intermediate_size=64)).text.intermediate_size == (64,) * 12
    widths = [32, 64] * 6
    assert parse_config(with_text(intermediate_size=widths)).text.intermediate_size == tuple(widths)


def test_a_longer_list_of_layer_types_counts_by_its_beginning() -> None:
    """A slice made by the published recipe keeps the 35 entries of the model it was cut from."""
    raw = with_text()
    types = raw["text_config"]["layer_types"]
    longer = with_text(layer_types=types + types)
    assert parse_config(longer).text == parse_config(raw).text


def test_unknown_keys_are_tolerated() -> None:
    raw = with_text(query_pre_attn_scalar=256, altup_lr_multiplier=1.0)
    assert parse_config(raw).text == parse_config(tiny_config()).text


def test_a_text_only_export_has_no_towers() -> None:
    config = parse_config(tiny_config(text_only=True))
    assert config.audio is None
    assert config.vision is None
    assert config.text == parse_config(tiny_config()).text


def test_absent_caps_take_the_published_value_and_null_means_none() -> None:
    raw = with_text(final_logit_softcapping=None, altup_coef_clip=None)
    assert parse_config(raw).text.final_logit_softcapping is None
    assert parse_config(raw).text.altup_coef_clip is None
    del raw["text_config"]["final_logit_softcapping"]
    assert parse_config(raw).text.final_logit_softcapping == 30.0


def test_all_missing_keys_are_named_at_once() -> None:
    raw = tiny_config()
    del raw["text_config"]["head_dim"], raw["text_config"]["rope_theta"]
    del raw["audio_config"]["conf_residual_weight"], raw["boa_token_id"]
    message = refused(raw)
    for key in (
        "text_config.head_dim",
        "text_config.rope_theta",
        "audio_config.conf_residual_weight",
        "boa_token_id",
    ):
        assert key in message
    assert "hidden_size" not in message


def test_missing_keys_of_a_text_only_export_have_no_section() -> None:
    raw = tiny_config(text_only=True)
    del raw["layer_types"]
    assert "lacks layer_types:" in refused(raw)


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("hidden_size", {"hidden_size": "wide"}),
        ("hidden_size", {"hidden_size": -1}),
        ("num_hidden_layers", {"num_hidden_layers": True}),
        ("num_hidden_layers", {"num_hidden_layers": 10**30}),
        ("layer_types", {"num_hidden_layers": 10**6}),
        ("num_key_value_heads 0", {"num_key_value_heads": 0}),
        ("sliding_window 0", {"sliding_window": 0}),
        ("max_position_embeddings 0", {"max_position_embeddings": 0}),
        ("final_logit_softcapping 0", {"final_logit_softcapping": 0}),
        ("rope_theta -1", {"rope_theta": -1}),
        ("altup_coef_clip 1e+308", {"altup_coef_clip": 1e308}),
        ("rms_norm_eps nan", {"rms_norm_eps": float("nan")}),
        ("intermediate_size", {"intermediate_size": [float("inf")] * 12}),
        ("rms_norm_eps", {"rms_norm_eps": "small"}),
        ("intermediate_size", {"intermediate_size": [48] * 3}),
        ("intermediate_size", {"intermediate_size": ["48"] * 12}),
        ("activation_sparsity_pattern", {"activation_sparsity_pattern": [1.0] * 12}),
        ("layer_types", {"layer_types": ["sliding_attention"] * 3}),
        ("layer_types", {"layer_types": ["linear_attention"] * 12}),
        ("shares keys and values", {"num_kv_shared_layers": 12}),
        (
            "shares keys and values",
            {"num_kv_shared_layers": 10},
        ),  # the two producers left are both sliding
        ("heads of", {"num_attention_heads": 3}),
        ("heads of", {"head_dim": 7}),
        ("altup_active_idx", {"altup_active_idx": 1}),
        ("hidden_activation", {"hidden_activation": "silu"}),
        ("rope_scaling", {"rope_scaling": {"type": "yarn"}}),
        ("rope_parameters", {"rope_parameters": {"full_attention": {"rope_theta": 1.0}}}),
        (
            "rope_theta",
            {"rope_parameters": {"full_attention": {"rope_theta": None}, "sliding_attention": {}}},
        ),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_refused(said: str, keys: dict[str, Any]) -> None:
    assert said in refused(with_text(**keys))


@pytest.mark.parametrize("value", ["end", -1, [1, 10**6], [True], 2**70], ids=str)
def test_an_end_id_must_be_an_id_of_the_vocabulary(tmp_path: Path, value: object) -> None:
    """A file of another model beside the weights was met at the first sound."""
    assert "config.json has the eos_token_id" in refused(tiny_config() | {"eos_token_id": value})
    (tmp_path / "config.json").write_text(json.dumps(tiny_config()))
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": value}))
    with pytest.raises(NestlingError) as caught:
        load_config(tmp_path)
    assert caught.value.kind is ErrorKind.BAD_MODEL
    assert "generation_config.json has the eos_token_id" in caught.value.message


def test_another_audio_geometry_is_refused() -> None:
    raw = tiny_config()
    raw["audio_config"]["sscp_conv_stride_size"] = [[1, 1], [2, 2]]
    assert "sscp_conv_stride_size" in refused(raw)
    raw = tiny_config()
    raw["audio_config"]["sscp_conv_channel_size"] = [4]
    assert "sscp_conv_channel_size" in refused(raw)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sscp_conv_channel_size", ["a", 2]),
        ("sscp_conv_channel_size", [4, 0]),
        ("conf_num_attention_heads", 0),
        ("conf_num_attention_heads", 3),
        ("conf_reduction_factor", 0),
        ("conf_attention_context_left", 0),
        ("conf_attention_logit_cap", float("inf")),
    ],
)
def test_an_audio_tower_that_cannot_run_is_refused(key: str, value: Any) -> None:
    raw = tiny_config()
    raw["audio_config"][key] = value
    assert str(value) in refused(raw)


def test_another_architecture_is_refused_by_name() -> None:
    assert "'llama'" in refused({"model_type": "llama"})
    assert "'gemma3'" in refused({"model_type": "gemma3", "text_config": {}})


def test_a_section_must_be_an_object() -> None:
    assert "audio_config" in refused(tiny_config() | {"audio_config": 3})


def test_end_ids_of_both_files_count(tmp_path: Path) -> None:
    raw = tiny_config() | {"eos_token_id": 1}
    (tmp_path / "config.json").write_text(json.dumps(raw))
    assert load_config(tmp_path).eos_token_ids == (1,)
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": [1, 106]}))
    assert load_config(tmp_path).eos_token_ids == (1, 106)


def test_what_is_no_folder_is_told_so(tmp_path: Path) -> None:
    """A file where a folder is expected was called broken JSON."""
    file = tmp_path / "model.safetensors"
    file.touch()
    for path in (file, tmp_path / "nowhere"):
        with pytest.raises(NestlingError, match="is no folder: expected a model folder"):
            load_config(path)


def test_a_config_that_cannot_be_opened_is_not_called_broken(tmp_path: Path) -> None:
    (tmp_path / "config.json").mkdir()
    with pytest.raises(NestlingError, match=r"cannot be read \(Is a directory\)"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "has no config.json"),
        (b"{", "cannot be read as JSON"),
        (b"\xff\xfe", "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (b"[]", "holds a list"),
    ],
    ids=["missing", "broken", "not text", "too deep", "no object"],
)
def test_a_broken_config_is_one_sentence(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(NestlingError, match=said) as caught:
        load_config(tmp_path)
    assert "config.json" in caught.value.message


def test_a_picture_has_as_many_tokens_as_the_towers_grid_has_places() -> None:
    raw = tiny_config(vision=True)
    assert parse_config(raw).vision_soft_tokens_per_image == 4
    assert "256 tokens, and its tower makes 4" in refused(
        {**raw, "vision_soft_tokens_per_image": 256}
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("out_chs", 10**400), ("out_chs", 2**31), ("exp_ratio", 1e30), ("exp_kernel_size", 10**30)],
)
def test_a_vision_tower_of_numbers_beyond_all_measure_is_refused(key: str, value: Any) -> None:
    raw = tiny_config(vision=True)
    block = {**raw["vision_config"]["model_args"]["block_args"][0][0], key: value}
    stages = raw["vision_config"]["model_args"]["block_args"][1:]
    raw["vision_config"]["model_args"] = {
        **raw["vision_config"]["model_args"],
        "block_args": [[block], *stages],
    }
    assert "2147483647" in refused(raw)


def test_a_file_larger_than_any_model_s_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("[" + "[]," * (MOST_JSON_BYTES // 3) + "[]]")
    with pytest.raises(NestlingError, match=r"config.json is larger than 1.5 MB"):
        load_config(tmp_path)
