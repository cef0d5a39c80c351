"""Who may do what: the one table. Rows are roles, entries are permissions (design, section 6).

Need-to-know *within* a permission (which cases, which partner's requests) is decided by each
model's `visible_to(user)`.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DISPATCHER = "dispatcher", _("диспетчер")
    DUTY_OFFICER = "duty_officer", _("дежурный полицейский")
    OPERATIVE = "operative", _("оперуполномоченный")
    INVESTIGATOR = "investigator", _("следователь")
    IT_SPECIALIST = "it_specialist", _("IT-специалист")
    PRECINCT = "precinct_inspector", _("участковый инспектор")
    CHIEF = "chief", _("начальник группы")
    PREVENTION = "prevention_officer", _("сотрудник профилактики")
    OBSERVER = "akimat_observer", _("наблюдатель акимата")
    PARTNER = "partner", _("сотрудник партнёра")
    PROSECUTOR = "prosecutor", _("прокурор")
    ADMINISTRATOR = "administrator", _("администратор")


class Permission(models.TextChoices):
    # intake
    REPORT_REGISTER = "report.register", _("принимать сообщения")
    REPORT_READ = "report.read", _("читать сообщения")
    REPORT_IDENTITY = "report.identity", _("видеть данные заявителя")
    REPORT_KUI = "report.kui", _("вносить номер КУИ и закрывать законным способом")
    REPORT_APPROVE_CLOSE = "report.approve_close", _("утверждать закрытие без КУИ")
    REPORT_UNREGISTERED = "report.unregistered", _("видеть список не внесённых в КУИ")
    API_KEYS = "api.keys", _("выдавать ключи API")
    # casework
    CASE_READ = "case.read", _("читать карточки и дела")
    CASE_WORK = "case.work", _("работать в деле")
    CASE_OPEN = "case.open", _("открывать карточку")
    CASE_ASSIGN = "case.assign", _("назначать и допускать к делу")
    EVIDENCE_READ = "evidence.read", _("смотреть доказательства")
    # disruption
    REQUEST_READ = "request.read", _("видеть уведомления и запросы")
    REQUEST_DRAFT = "request.draft", _("готовить уведомления")
    REQUEST_APPROVE = "request.approve", _("утверждать и подписывать уведомления")
    PARTNER_MANAGE = "partner.manage", _("вести партнёров")
    PORTAL_USE = "portal.use", _("отвечать на уведомления")
    # watch
    WALL_VIEW = "wall.view", _("смотреть стену")
    WALL_HOLD = "wall.hold", _("придержать и удалить публикацию")
    WALL_BAN = "wall.ban", _("ограничить или заблокировать автора")
    WALL_BAN_EVERYWHERE = "wall.ban_everywhere", _("заблокировать автора во всех чатах")
    APPEAL_ANSWER = "appeal.answer", _("отвечать на обжалование")
    SOURCE_MANAGE = "source.manage", _("вести источники и правила чатов")
    CHAT_ADMINISTRATORS = "chat_administrators", _("вести реестр администраторов чатов")
    RULE_EDIT = "rule.edit", _("готовить правила обнаружения")
    RULE_RELEASE = "rule.release", _("выпускать и возвращать правила")
    # prevention and figures
    WARNING_WRITE = "warning.write", _("публиковать предупреждения")
    RADAR_USE = "radar.use", _("смотреть радар новых схем и называть темы")
    EVENT_MANAGE = "event.manage", _("вести мероприятия")
    CORRECTION_ANSWER = "correction.answer", _("отвечать владельцам номеров")
    INDICATOR_CONFIRM = "indicator.confirm", _("подтверждать индикаторы")
    FIGURES_VIEW = "figures.view", _("видеть показатели")
    FIGURES_LISTS = "figures.lists", _("открывать списки за показателями")
    INTERVENTIONS_READ = "interventions.read", _("читать реестр вмешательств")
    # the house
    AUDIT_READ = "audit.read", _("читать журнал")
    USERS_MANAGE = "users.manage", _("вести учётные записи")
    GALLERY = "gallery.view", _("смотреть образцы экранов")


P = Permission
WALL_OFFICER = {P.WALL_VIEW, P.WALL_HOLD, P.WALL_BAN, P.APPEAL_ANSWER, P.CHAT_ADMINISTRATORS}
DETECTIVE = {
    P.REPORT_REGISTER,
    P.REPORT_READ,
    P.REPORT_IDENTITY,
    P.REPORT_KUI,
    P.CASE_READ,
    P.CASE_WORK,
    P.CASE_OPEN,
    P.EVIDENCE_READ,
    P.REQUEST_READ,
    P.REQUEST_DRAFT,
    P.INDICATOR_CONFIRM,
    P.FIGURES_VIEW,
}
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.DISPATCHER: frozenset({P.REPORT_REGISTER, P.WALL_VIEW, P.WALL_HOLD}),
    Role.DUTY_OFFICER: frozenset(
        {P.REPORT_REGISTER, P.REPORT_READ, P.REPORT_IDENTITY, P.REPORT_KUI, P.REQUEST_READ}
        | {P.REQUEST_DRAFT, P.FIGURES_VIEW}
        | WALL_OFFICER
    ),
    Role.OPERATIVE: frozenset(
        DETECTIVE
        | WALL_OFFICER
        | {P.WARNING_WRITE, P.RADAR_USE, P.WALL_BAN_EVERYWHERE, P.RULE_EDIT}
    ),
    Role.INVESTIGATOR: frozenset(DETECTIVE | {P.REQUEST_APPROVE}),
    Role.IT_SPECIALIST: frozenset(
        DETECTIVE | WALL_OFFICER | {P.SOURCE_MANAGE, P.RADAR_USE, P.RULE_EDIT, P.RULE_RELEASE}
    ),
    Role.PRECINCT: frozenset(
        {P.EVENT_MANAGE, P.REPORT_REGISTER, P.FIGURES_VIEW, P.CHAT_ADMINISTRATORS}
    ),
    Role.CHIEF: frozenset(
        DETECTIVE
        | WALL_OFFICER
        | {P.REPORT_APPROVE_CLOSE, P.REPORT_UNREGISTERED, P.CASE_ASSIGN, P.REQUEST_APPROVE}
        | {P.PARTNER_MANAGE, P.WALL_BAN_EVERYWHERE, P.SOURCE_MANAGE, P.WARNING_WRITE}
        | {P.EVENT_MANAGE, P.CORRECTION_ANSWER, P.FIGURES_LISTS, P.INTERVENTIONS_READ}
        | {P.RADAR_USE, P.AUDIT_READ, P.RULE_EDIT, P.RULE_RELEASE}
    ),
    Role.PREVENTION: frozenset(
        {P.WARNING_WRITE, P.EVENT_MANAGE, P.CORRECTION_ANSWER, P.FIGURES_VIEW}
        | {P.CHAT_ADMINISTRATORS}
    ),
    Role.OBSERVER: frozenset({P.FIGURES_VIEW}),
    Role.PARTNER: frozenset({P.PORTAL_USE}),
    Role.PROSECUTOR: frozenset(
        {P.REPORT_UNREGISTERED, P.CASE_READ, P.EVIDENCE_READ, P.REQUEST_READ, P.FIGURES_VIEW}
        | {P.INTERVENTIONS_READ, P.AUDIT_READ}
    ),
    Role.ADMINISTRATOR: frozenset({P.USERS_MANAGE, P.API_KEYS, P.AUDIT_READ, P.GALLERY}),
}
