"""`ringfence device`: which devices may send to the front door?"""

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ringfence.actions import devices
from ringfence.actions.store import open_store
from ringfence.commands.options import DEFAULT_STORE, StoreFolder, local

device = typer.Typer(
    name="device", help="设备 / The devices that send to the front door.", no_args_is_help=True
)
DeviceId = Annotated[str, typer.Argument(help="设备编号 / The device's id.")]


@device.command()
def enrol(
    store: StoreFolder = DEFAULT_STORE,
    duty: Annotated[str, typer.Option(help="sampling, laboratory 或/or enquiry.")] = "sampling",
    point: Annotated[int | None, typer.Option(help="采样点编号 / The place it stands at.")] = None,
    round_: Annotated[
        str | None, typer.Option("--round", help="轮次编号 / The round it samples for.")
    ] = None,
    minutes: Annotated[int, typer.Option(help="注册码有效分钟 / Minutes the code may be used.")] = 15,
) -> None:
    """显示一次性注册码 / Show a code, once, that a device exchanges for its token."""
    with open_store(store) as opened:
        asked = devices.Offer(duty, point, round_, minutes)
        id_, code = devices.offer(opened, asked, f"ringfence device ({getpass.getuser()})")
    console = Console()
    console.print(f"设备 / Device: {id_}", highlight=False)
    console.print(f"注册码 / Code: {code}", highlight=False)
    console.print(f"{minutes}分钟内有效,只能用一次 / Good once, within {minutes} minutes.", highlight=False)


@device.command("list")
def list_(store: StoreFolder = DEFAULT_STORE) -> None:
    """设备及其状态 / The devices, and where each stands."""
    table = Table("设备/device", "状态/state", "用途/duty", "采样点/point", "轮次/round", "自/since")
    with open_store(store) as opened:
        for one in sorted(devices.read_devices(opened).by_id.values(), key=lambda one: one.told_at):
            place = "" if one.place is None else str(one.place)
            since = local(one.told_at, opened)
            table.add_row(one.device, one.state, one.duty, place, one.round or "", since)
    Console().print(table)


@device.command()
def revoke(
    id_: DeviceId,
    store: StoreFolder = DEFAULT_STORE,
    reason: Annotated[str, typer.Option(help="原因 / Why.")] = "",
) -> None:
    """注销设备 / Let a device send nothing any more."""
    with open_store(store) as opened:
        devices.revoke(opened, id_, reason, f"ringfence device ({getpass.getuser()})")
    Console().print(f"已注销 / Revoked: {id_}", highlight=False)
