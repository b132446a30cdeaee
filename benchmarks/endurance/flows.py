"""What users do, each kind as the two or three sides of a ladder."""
from dataclasses import dataclass, field

from script import Script

DOMAIN = "endurance.example"
PASSWORD = "endurance"


@dataclass
class Flow:
    """A kind of call: its share, who calls, and who answers (peers by name)."""
    name: str
    share: float
    caller: Script
    callees: dict = field(default_factory=dict)
    loses: bool = True          # its messages may be lost
    is_user: bool = False       # it authenticates
    has_media: bool = False
    may_fail: bool = False      # its callee is killed now and then


def callee():
    return Script(user="callee")


def ringing():
    return callee().asked("INVITE", keep=True).answer(180).pause(100)


def accepting():
    return ringing().accept().hung_up()


def caller(name):
    return Script(called=name)


def user(called=""):
    return Script(called=called, user="phone", domain=DOMAIN)


def cancelled(name):
    """487 and the 200 to CANCEL may change places when one is lost."""
    return (caller(name).call().optional(100).step('<recv response="180" timeout="1500" ontimeout="go"/>').step('<label id="go"/>').pause(100)
            .cancel().optional(200).expect(487).ack_failure())


def is_cancelled():
    asked = ringing().step('<recv request="CANCEL"><action><ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="number"/></action></recv>').answer(200)
    return asked.send("""SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:];tag=s[pid]x[call_number]
[last_Call-ID:]
CSeq: [$number] INVITE
Content-Length: 0

""", repeats=True).asked("ACK")


def registers():
    """Comes and goes."""
    contact = "Expires: 60\n"
    return (user().request("REGISTER", headers=contact).expect(401, auth=True)
            .request("REGISTER", headers=f"{contact}[authentication username=phone password={PASSWORD}]\n").expect(200)
            .request("REGISTER", headers=f"Expires: 0\n[authentication username=phone password={PASSWORD}]\n").expect(200))


def authenticates(name):
    script = user(name).call().refused(401, auth=True)
    return script.call(headers=f"[authentication username=phone password={PASSWORD}]\n").answered().pause().hang_up()


def held(name):
    script = caller(name).call().answered().pause()
    for version, direction in ((2, "sendonly"), (3, "sendrecv")):
        script.call(direction=direction, version=version).optional(100).expect(200).ack().pause(200)
    return script.hang_up()


def is_held():
    script = ringing().accept()
    for version in (2, 3):
        script.asked("INVITE").accept(tag=False, version=version)
    return script.hung_up()


def refers(name):
    """The gateway carries the transfer out, since the callee cannot."""
    script = caller(name).call().answered().pause()
    script.request("REFER", headers="Refer-To: <sip:joining@[remote_ip]>\n").expect(202)
    for _ in range(3):
        script.step('<recv request="NOTIFY"/>').answer(200, tag=False)
    return script.hang_up()


def is_referred():
    return ringing().accept().asked("INVITE").accept(tag=False, version=2).hung_up()


def joins():
    return ringing().accept().pause(500).hangs_up()


def subscribes(name):
    script = caller(name).request("SUBSCRIBE", headers="Event: dialog\nExpires: 600\n").expect(200, rrs=True)
    script.step('<recv request="NOTIFY"/>').answer(200, tag=False).pause()
    return script.request("SUBSCRIBE", headers="Event: dialog\nExpires: 0\n").expect(200).step('<recv request="NOTIFY"/>').answer(200, tag=False)


def notifies():
    def notify(script, number, state):
        return script.send(f"""NOTIFY [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[routes]
Max-Forwards: 70
From:[$local];tag=s[pid]x[call_number]
To:[$remote]
Call-ID: [call_id]
CSeq: {number} NOTIFY
Contact: <sip:callee@[local_ip]:[local_port]>
Event: dialog
Subscription-State: {state}
Content-Length: 0

""", repeats=True).expect(200)
    script = notify(callee().asked("SUBSCRIBE", keep=True).answer(200, headers="Expires: 600\n"), 1, "active;expires=600")
    return notify(script.asked("SUBSCRIBE").answer(200, headers="Expires: 0\n", tag=False), 2, "terminated;reason=timeout")


def all_flows():
    early = callee().asked("INVITE", keep=True)
    early.answer(183, early.sdp()).pause(300).accept().hung_up()
    return [
        Flow("basic", 30, caller("basic").call().answered().media().pause().hang_up(), {"basic": accepting()}, has_media=True),
        Flow("far", 10, caller("far").call().answered().asked("BYE").answer(200, tag=False), {"far": ringing().accept().pause(500).hangs_up()}),
        Flow("early", 10, caller("early").call().answered().media().pause().hang_up(), {"early": early}, has_media=True),
        Flow("fork", 6, caller("fork").call().answered().pause().hang_up(), {"fork-a": callee().asked("INVITE", keep=True).answer(180).pause(400).accept().hung_up(), "fork-b": is_cancelled()}, loses=False),
        Flow("cancel", 6, cancelled("cancel"), {"cancel": is_cancelled()}, loses=False),
        Flow("hold", 5, held("hold"), {"hold": is_held()}, loses=False),
        Flow("transfer", 3, refers("transfer"), {"transfer": is_referred(), "joining": joins()}, loses=False),
        Flow("busy", 5, caller("busy").call().refused(486), {"busy": callee().asked("INVITE").answer(486, repeats=True).asked("ACK")}),
        Flow("next", 4, caller("next").call().answered().pause().hang_up(), {"next-a": callee().asked("INVITE").answer(503, repeats=True).asked("ACK"), "next-b": accepting()}),
        Flow("nowhere", 3, caller("nowhere").call().refused(404)),
        Flow("register", 6, registers(), is_user=True),
        Flow("user", 5, authenticates("basic"), is_user=True),
        Flow("message", 3, caller("message").request("MESSAGE", "Hello\n", type="text/plain").expect(200), {"message": callee().asked("MESSAGE").answer(200)}),
        Flow("subscribe", 2, subscribes("subscribe"), {"subscribe": notifies()}, loses=False),
        Flow("named", 1, caller("named").call().answered().pause().hang_up(), {"named": accepting()}),
        Flow("brittle", 1, caller("brittle").call().answered().pause().hang_up(), {"brittle": accepting()}, may_fail=True),
    ]
