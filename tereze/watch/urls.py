from django.urls import path

from tereze.watch.views import appeals, calls, joining, lists, messages, shifts, sources, wall


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
    path("desk/shift/", shifts.shift, name="shift"),
    path("desk/shift/begin/", shifts.begin, name="begin_shift"),
    path("desk/shift/withdraw/", shifts.withdraw, name="withdraw_shift"),
    path("desk/shift/offers/", shifts.offers, name="shift_offers"),
    path("desk/shift/<str:key>/", shifts.hand_over, name="hand_over"),
    path("desk/shift/<str:key>/take/", shifts.take, name="take_hand_over"),
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
    path("appeal-code/", appeals.code, name="appeal_code"),
    path("appeal/<str:token>/", appeals.appeal, name="appeal"),
    path("appeal/<str:token>/together/", appeals.together, name="together"),
]
