"""Letters and files: pages of the two channels that travel by themselves."""

from django.urls import path

from tereze.disruption.views import files_in, files_out, letters


LETTERS = "desk/letters/"
FILES = "desk/files/"
urlpatterns = [
    path(LETTERS, letters.letters, name="letters"),
    path(f"{LETTERS}dismiss/", letters.dismiss, name="letter_dismiss"),
    path(f"{LETTERS}<str:key>/take/", letters.take, name="letter_take"),
    path(f"{LETTERS}<str:key>/place/", letters.place, name="letter_place"),
    path(f"{LETTERS}<str:key>/source/", letters.source, name="letter_source"),
    path("desk/requests/for/request/<str:key>/letters/", letters.panel, name="letters_panel"),
    path("desk/requests/<str:key>/elsewhere/", letters.elsewhere, name="elsewhere"),
    path(FILES, files_out.files, name="files"),
    path(f"{FILES}to/<str:key>/", files_out.make, name="file_make"),
    path(f"{FILES}out/<str:key>/<str:name>", files_out.download, name="file_download"),
    path(f"{FILES}handed/<str:key>/", files_out.handed, name="file_handed"),
    path(f"{FILES}from/<str:key>/", files_in.upload, name="file_upload"),
    path(f"{FILES}in/<str:key>/", files_in.preview, name="file_in"),
    path(f"{FILES}in/<str:key>/apply/", files_in.apply, name="file_apply"),
]
