"""Rows of the wall: what is watched, what was read, what was decided and done."""

from tereze.watch.models.administrators import ChatAdministrator, Memo
from tereze.watch.models.calls import Call
from tereze.watch.models.decisions import Act, Agreement, Appeal, Decision, Notice
from tereze.watch.models.deliveries import Delivery
from tereze.watch.models.lists import PolicyList
from tereze.watch.models.messages import CALM, FLAGGED, Message
from tereze.watch.models.paces import Pace
from tereze.watch.models.pictures import MessagePicture
from tereze.watch.models.raids import Arrival, Print, Raid
from tereze.watch.models.reach import Reach, Summons
from tereze.watch.models.requests import Asked, ChatRequest
from tereze.watch.models.rhythm import HourCount
from tereze.watch.models.rules import (
    Backtest,
    BacktestFind,
    Clearance,
    RuleDraft,
    RuleEdit,
    RuleRelease,
    ShadowFind,
)
from tereze.watch.models.seals import Seal, SealHead
from tereze.watch.models.shifts import HandOver, InHand, Shift
from tereze.watch.models.sources import Source
from tereze.watch.models.stream import StreamState
from tereze.watch.models.submissions import Finding, Submission, SubmissionFile
from tereze.watch.models.web import HostRobots, WebPlace


__all__ = [
    "CALM",
    "FLAGGED",
    "Act",
    "Agreement",
    "Appeal",
    "Arrival",
    "Asked",
    "Backtest",
    "BacktestFind",
    "Call",
    "ChatAdministrator",
    "ChatRequest",
    "Clearance",
    "Decision",
    "Delivery",
    "Finding",
    "HandOver",
    "HostRobots",
    "HourCount",
    "InHand",
    "Memo",
    "Message",
    "MessagePicture",
    "Notice",
    "Pace",
    "PolicyList",
    "Print",
    "Raid",
    "Reach",
    "RuleDraft",
    "RuleEdit",
    "RuleRelease",
    "Seal",
    "SealHead",
    "ShadowFind",
    "Shift",
    "Source",
    "StreamState",
    "Submission",
    "SubmissionFile",
    "Summons",
    "WebPlace",
]
