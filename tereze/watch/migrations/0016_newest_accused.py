from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('watch', '0015_newest_of_mark'),
    ]

    operations = [
        migrations.AddField(
            model_name='print',
            name='accused',
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name='print',
            index=models.Index(condition=models.Q(('accused', True)), fields=['mark', 'id'], name='newest_accused'),
        ),
    ]
