"""The embedded Supabase: Postgres, the API gateway, Realtime and functions on this machine, under one supervisor.

For development, tests and small installations without a container engine. Hosted Supabase takes its place by settings
alone; nothing outside this package, the `mpax` command and the tests imports it.
"""

from backend.local.faults import Fault
from backend.local.keys import Keys, read_keys
from backend.local.layout import Layout
from backend.local.migrate import migrate
from backend.local.ports import free_layout_ports
from backend.local.scratch import start_scratch
from backend.local.service import Service, Step, Task
from backend.local.stack import Stack, start_stack

__all__ = [
    "Fault",
    "Keys",
    "Layout",
    "Service",
    "Stack",
    "Step",
    "Task",
    "free_layout_ports",
    "migrate",
    "read_keys",
    "start_scratch",
    "start_stack",
]
