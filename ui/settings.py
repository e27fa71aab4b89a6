"""Settings from the environment (``REFDESK_…``); the command line's options come before them."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a user may set once for every command."""

    model_config = SettingsConfigDict(env_prefix="REFDESK_", extra="ignore")

    home: Path | None = None
    """The home folder; by default the platform's folder for user data."""
    llm: str = "auto"
    """``auto``, ``extractive``, a pinned model's name, a ``.gguf`` path or a server's URL."""
