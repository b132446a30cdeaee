using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>
/// Two phones that do anything at any time, over a network that loses, repeats and delays. Whatever comes of it, the gateway does
/// nothing that the rules of the wire forbid, throws nothing, and in the end nothing is left of it.
/// </summary>
public sealed class RandomCallTests
{
    private const int Steps = 60;

    public static TheoryData<int> Drawn() => Seeds.Of(300, 8000);

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Ends_idle(int seed)
    {
        var settings = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SessionExpires = seed % 2 == 0 ? TimeSpan.FromSeconds(90) : null };
        using var scene = new CallScene(new SceneOptions { Seed = seed, Calls = settings });
        var random = new Random(seed);
        scene.Passes = _ => random.Next(100) >= seed % 3 * 12;
        var a = new WildPhone(scene.Alice, random, () => scene.Harness.Time.Now);
        var b = new WildPhone(scene.Bob, random, () => scene.Harness.Time.Now);
        a.Call();
        for (var step = 0; step < Steps; step++)
        {
            (random.Next(2) == 0 ? a : b).Act();
            scene.Advance(random.Next(4) switch { 0 => 0, 1 => 20, 2 => 600, _ => random.Next(5000) });
        }

        scene.Turn(() => scene.Calls.HangUpAll(SipAlg.Calls.Calls.CallCause.GatewayStopped));
        scene.Advance(64 * CallScene.T1);
        scene.End();
        Assert.InRange(scene.Journal.Ended.Count, 0, a.Began + b.Began);
        Assert.All(scene.Journal.Ended, record => Assert.NotEqual(SipAlg.Calls.Calls.CallCause.None, record.Cause));
    }

    /// <summary>A phone that draws what it does from its dialogs and from what it was sent.</summary>
    private sealed class WildPhone(ScriptedPhone phone, Random random, Func<long> now)
    {
        private readonly List<PhoneDialog> _dialogs = [];
        private readonly List<SentMessage> _seen = [];
        private int _version = 1;

        public int Began { get; private set; }

        public void Call()
        {
            Began++;
            _dialogs.Add(phone.Call(phone.Name == "alice" ? "bob" : "alice", random.Next(4) == 0 ? "" : Sdp()));
        }

        private string Sdp() => phone.Sdp(version: _version++, attributes: random.Next(2) == 0 ? "a=sendonly\r\n" : "", media: random.Next(3) == 0 ? "m=video 5000 RTP/AVP 96\r\n" : "");

        public void Act()
        {
            foreach (var sent in phone.Take())
            {
                _seen.Add(sent);
                Learn(sent);
            }

            var dialog = _dialogs.Count == 0 ? null : _dialogs[random.Next(_dialogs.Count)];
            switch (random.Next(15))
            {
                case 6 when dialog is { RemoteTag.Length: > 0 }:
                    dialog.Request("UPDATE", $"Supported: timer\r\nSession-Expires: {random.Next(60, 120)}\r\n", random.Next(3) == 0 ? Sdp() : "");
                    break;
                case 0 when _dialogs.Count < 3:
                    Call();
                    break;
                case 1:
                    dialog?.Cancel();
                    break;
                case 2:
                    dialog?.Bye();
                    break;
                case 3 when dialog is { RemoteTag.Length: > 0 }:
                    dialog.Invite(random.Next(4) == 0 ? "" : Sdp());
                    break;
                case 4:
                    dialog?.Ack(random.Next(4) == 0 ? Sdp() : "");
                    break;
                case 5 when dialog is { LastRequest.Length: > 0 } && dialog.LastRequestAt + (10 * CallScene.T1) > now():
                    // Later than this it would be a new request to who has forgotten the old one.
                    dialog.Repeat();
                    break;
                default:
                    Answer();
                    break;
            }
        }

        private void Learn(SentMessage sent)
        {
            var message = sent.Parse();
            var callId = System.Text.Encoding.UTF8.GetString(message[message.CallId]);
            var dialog = _dialogs.Find(candidate => candidate.CallId == callId);
            if (dialog is null && sent.StartLine.StartsWith("INVITE ", StringComparison.Ordinal))
            {
                _dialogs.Add(new PhoneDialog(phone, sent));
            }
            else
            {
                dialog?.Hear(sent);
            }
        }

        /// <summary>Answers a request of those seen, old ones too, mostly as it should.</summary>
        private void Answer()
        {
            var requests = _seen.FindAll(sent => !sent.StartLine.StartsWith("SIP/2.0", StringComparison.Ordinal) && !sent.StartLine.StartsWith("ACK", StringComparison.Ordinal));
            if (requests.Count == 0)
            {
                return;
            }

            var request = requests[Math.Max(random.Next(requests.Count), random.Next(requests.Count))];
            var isInvite = request.StartLine.StartsWith("INVITE", StringComparison.Ordinal);
            int[] statuses = isInvite ? [100, 180, 183, 200, 200, 200, 486, 487, 491, 481, 503, 302, 407, 422] : [200, 200, 200, 481, 422, 100];
            var status = statuses[random.Next(statuses.Length)];
            var callId = request.Header(Protocol.Sip.HeaderId.CallId);
            _dialogs.Find(candidate => candidate.CallId == callId)?.AnswerTo(
                request, status, isInvite && status is 183 or 200 && random.Next(5) > 0 ? Sdp() : "", 
                headers: status < 300 ? $"Contact: <{phone.Contact}>\r\n{(random.Next(2) == 0 ? "Allow: INVITE, UPDATE\r\n" : "")}" : status == 422 ? "Min-SE: 100\r\n" : "");
        }
    }
}
