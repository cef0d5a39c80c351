from django.urls import path

from tereze.watch.views import appeals, calls, deliveries, joining, lists, messages, sources, wall


app_name = "watch"
urlpatterns = [
    path("desk/wall/", wall.wall, name="wall"),
    path("desk/wall/chat/<str:key>/", wall.chat, name="chat"),
    path("desk/wall/messages/<str:key>/", messages.message, name="message"),
    path("desk/wall/messages/<str:key>/do/<slug:what>/", messages.act, name="act"),
    path("desk/wall/calls/", calls.calls, name="calls"),
    path("desk/wall/calls/<str:key>/take/", calls.take, name="take_call"),
    path("desk/wall/agreements/<str:key>/<slug:answer>/", calls.agreement, name="agreement"),
    path("desk/wall/raids/<str:key>/close/", calls.close_raid, name="close_raid"),
    path("desk/wall/chat/<str:key>/go-on/", calls.let_go_on, name="let_go_on"),
    path("desk/chats/", sources.sources, name="sources"),
    path("desk/chats/new/", sources.new, name="new_source"),
    path("desk/chats/new/matrix/", joining.new_matrix, name="new_matrix"),
    path("desk/chats/lists/", lists.policy_lists, name="policy_lists"),
    path("desk/chats/lists/<str:key>/remove/", lists.remove, name="remove_policy_list"),
    path("desk/chats/<str:key>/", sources.source, name="source"),
    path("desk/chats/<str:key>/schemes/", sources.schemes, name="schemes"),
    path("desk/chats/<str:key>/mode/", sources.mode, name="mode"),
    path("desk/chats/<str:key>/sample/", sources.begin_sample, name="sample"),
    path("desk/chats/<str:key>/consent/", sources.consent, name="consent"),
    path("desk/appeals/", appeals.appeals, name="appeals"),
    path("desk/appeals/<str:key>/", appeals.answer, name="answer_appeal"),
    path("telegram/<str:door>/", deliveries.delivery, name="delivery"),
    path("appeal-code/", appeals.code, name="appeal_code"),
    path("appeal/<str:token>/", appeals.appeal, name="appeal"),
    path("appeal/<str:token>/together/", appeals.together, name="together"),
]
