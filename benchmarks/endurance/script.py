"""SIPp scenarios, written step by step as one side of a ladder.

Where a message may be lost, what is told once (100, 180, 183) is optional, and both sides stay
a while for what is repeated.
"""
VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
SDP = """v=0
o={user} 1 {version} IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[local_ip_type] [local_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20
a={direction}
"""


class Script:
    def __init__(self, called="", user="caller", domain="[remote_ip]:[remote_port]"):
        self.steps, self.called, self.user, self.domain = [], called, user, domain
        self.sequence = self.invite = self.invite_at = 0
        self.in_dialog = False

    # ---- what both sides do

    def step(self, text):
        self.steps.append(text)
        return self

    def send(self, text, repeats=False):
        again = ' retrans="500"' if repeats else ""
        return self.step(f"<send{again}><![CDATA[\n{text}\n]]></send>")

    def pause(self, milliseconds=None):
        return self.step("<pause/>" if milliseconds is None else f'<pause milliseconds="{milliseconds}"/>')

    def media(self):
        return self.step('<nop><action><exec play_pcap_audio="rtp.pcap"/></action></nop>')

    def optional(self, *statuses):
        for status in statuses:
            self.step(f'<recv response="{status}" optional="true"/>')
        return self

    def expect(self, status, rrs=False, auth=False):
        self.in_dialog = self.in_dialog or rrs
        more = (' rrs="true"' if rrs else "") + (' auth="true"' if auth else "")
        return self.step(f'<recv response="{status}"{more}/>')

    def xml(self, linger=4000):
        kept = [name for name in ("remote", "local", "number") if any(f'assign_to="{name}"' in step for step in self.steps)]
        # SIPp refuses a variable that nothing reads.
        reference = f'\n<Reference variables="{",".join(kept)}"/>' if kept else ""
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="endurance">\n' + "\n".join(self.steps)
                + f'\n<timewait milliseconds="{linger}"/>{reference}\n</scenario>\n')

    @staticmethod
    def body(text, type="application/sdp"):
        return f"Content-Type: {type}\nContent-Length: [len]\n\n{text}" if text else "Content-Length: 0\n\n"

    def sdp(self, version=1, direction="sendrecv"):
        return SDP.format(user=self.user, version=version, direction=direction)

    # ---- the side that begins

    def request(self, method, body="", headers="", type="application/sdp", sequence=None, repeats=True, allow="INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, NOTIFY"):
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        address = f"sip:{self.called}@{self.domain}"
        target = "[next_url]" if self.in_dialog else address if method != "REGISTER" else f"sip:{self.domain}"
        contact = "" if method in ("BYE", "ACK", "MESSAGE") else f"Contact: <sip:{self.user}@[local_ip]:[local_port]>\n"
        return self.send(f"""{method} {target} SIP/2.0
{VIA}
{'[routes]' if self.in_dialog else ''}
Max-Forwards: 70
From: <sip:{self.user}@{self.domain if method == 'REGISTER' else '[local_ip]:[local_port]'}>;tag=c[pid]x[call_number]
To: <{address if method != 'REGISTER' else f'sip:{self.user}@{self.domain}'}>{'[peer_tag_param]' if self.in_dialog else ''}
Call-ID: [call_id]
CSeq: {sequence} {method}
{contact}Allow: {allow}
{headers}{self.body(body, type)}""".replace("\n\nMax", "\nMax"), repeats and method != "ACK")

    def invite_via(self):
        """SIPp makes a branch of a message's place: that of the INVITE, so many messages ago."""
        ago = sum(not step.startswith("<label") for step in self.steps) - self.invite_at
        return VIA.replace("[branch]", f"[branch-{ago}]")

    def call(self, headers="", direction="sendrecv", version=1):
        self.invite_at = sum(not step.startswith("<label") for step in self.steps)
        self.request("INVITE", self.sdp(version, direction), headers)
        self.invite = self.sequence
        return self

    def answered(self):
        return self.optional(100, 180, 183).expect(200, rrs=True).ack()

    def ack(self):
        return self.request("ACK", sequence=self.invite)

    def ack_failure(self):
        return self.send(f"""ACK sip:{self.called}@{self.domain} SIP/2.0
{self.invite_via()}
Max-Forwards: 70
From: <sip:{self.user}@[local_ip]:[local_port]>;tag=c[pid]x[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: {self.invite} ACK
Content-Length: 0

""")

    def refused(self, status, auth=False):
        return self.optional(100, 180, 183).expect(status, auth=auth).ack_failure()

    def hang_up(self):
        return self.request("BYE").expect(200)

    def cancel(self):
        return self.send(f"""CANCEL sip:{self.called}@{self.domain} SIP/2.0
{self.invite_via()}
Max-Forwards: 70
From: <sip:{self.user}@[local_ip]:[local_port]>;tag=c[pid]x[call_number]
To: <sip:{self.called}@{self.domain}>
Call-ID: [call_id]
CSeq: {self.invite} CANCEL
Content-Length: 0

""", repeats=True)

    # ---- the side that is asked

    def asked(self, method, keep=False):
        actions = ('<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="remote"/>'
                   '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="local"/></action>') if keep else ""
        return self.step(f'<recv request="{method}" rrs="true">{actions}</recv>' if keep else f'<recv request="{method}"/>')

    def answer(self, status, body="", headers="", repeats=False, tag=True):
        contact = f"Contact: <sip:{self.user}@[local_ip]:[local_port]>\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\n"
        return self.send(f"""SIP/2.0 {status} As it is
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:]{';tag=s[pid]x[call_number]' if tag else ''}
[last_Call-ID:]
[last_CSeq:]
{contact}{headers}{self.body(body)}""", repeats)

    def accept(self, tag=True, version=1):
        """Where both the 180 and the 200 are lost the INVITE comes again, which SIPp does not take for a repetition by itself."""
        again = f"again{len(self.steps)}"
        self.step(f'<label id="{again}"/>').answer(200, self.sdp(version), repeats=True, tag=tag)
        return self.step(f'<recv request="INVITE" optional="true" next="{again}"/>').asked("ACK")

    def hung_up(self):
        return self.asked("BYE").answer(200, tag=False)

    def hangs_up(self):
        """By who was called."""
        return self.send(f"""BYE [next_url] SIP/2.0
{VIA}
[routes]
Max-Forwards: 70
From:[$local];tag=s[pid]x[call_number]
To:[$remote]
Call-ID: [call_id]
CSeq: 1 BYE
Content-Length: 0

""", repeats=True).expect(200)
