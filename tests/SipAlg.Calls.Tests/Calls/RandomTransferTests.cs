using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>
/// Four phones that call, transfer and replace each other at any time, mostly as they should, over a network that may lose messages.
/// Whatever comes of it, the gateway breaks no rule of the wire, throws nothing, and in the end nothing is left of it.
/// </summary>
public sealed class RandomTransferTests
{
    private const int Steps = 120;
    private static readonly string[] Names = ["alice", "bob", "carol", "dave"];

    public static TheoryData<int> Drawn() => Seeds.Of(300, 4000);

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Ends_idle(int seed)
    {
        var settings = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SessionExpires = seed % 4 == 0 ? TimeSpan.FromSeconds(90) : null };
        using var scene = new CallScene(new SceneOptions
        {
            Seed = seed,
            Calls = settings,
            ChecksHiding = false,
            MediaPairs = seed % 5 == 0 ? 6 : 40,
            Peer = peer => peer with { Transfer = (TransferMode)((seed + peer.Index) % 3) },
            Routes = model => model.Peers.Select(peer => SceneModel.Route("to " + peer.Name, [SceneModel.Called(peer.Name)], SceneModel.To(peer))),
        });
        var random = new Random(seed);
        scene.Passes = _ => random.Next(100) >= seed % 3 * 5;
        var phones = new[] { scene.Alice, scene.Bob, scene.Carol, scene.Dave }.Select(phone => new WildPhone(phone, random, isCalm: seed % 2 == 0)).ToArray();
        for (var step = 0; step < Steps; step++)
        {
            phones[random.Next(phones.Length)].Act();
            scene.Advance(random.Next(6) switch { 0 => 20, 1 => 600, 2 => random.Next(5000), _ => 0 });
        }

        scene.Turn(() => scene.Calls.HangUpAll(CallCause.GatewayStopped));
        scene.Advance(64 * CallScene.T1);
        scene.End();
        Assert.All(scene.Journal.Ended, record => Assert.NotEqual(CallCause.None, record.Cause));
        Assert.Equal(scene.Journal.Ended.Count, scene.Journal.Ended.Select(record => record.Id).Distinct().Count());
        var ids = scene.Journal.Ended.Select(record => (ulong?)record.Id).ToHashSet();
        Assert.All(scene.Journal.Ended, record => Assert.True(record.ContinuedIn is null || ids.Contains(record.ContinuedIn)));
    }

    /// <summary>The seeds together reach what the single tests are about.</summary>
    [Fact]
    public void Transfers_come_about()
    {
        var causes = new HashSet<CallCause>();
        var transfers = 0;
        for (var seed = 1; seed <= 60; seed++)
        {
            using var scene = new CallScene(new SceneOptions
            {
                Seed = seed,
                ChecksHiding = false,
                Peer = peer => peer with { Transfer = TransferMode.Gateway },
                Routes = model => model.Peers.Select(peer => SceneModel.Route("to " + peer.Name, [SceneModel.Called(peer.Name)], SceneModel.To(peer))),
            });
            var random = new Random(seed);
            var phones = new[] { scene.Alice, scene.Bob, scene.Carol, scene.Dave }.Select(phone => new WildPhone(phone, random, isCalm: true)).ToArray();
            for (var step = 0; step < Steps; step++)
            {
                phones[random.Next(phones.Length)].Act();
                scene.Advance(random.Next(3) == 0 ? 600 : 0);
            }

            scene.Turn(() => scene.Calls.HangUpAll(CallCause.GatewayStopped));
            scene.End();
            causes.UnionWith(scene.Journal.Ended.Select(record => record.Cause));
            transfers += scene.Journal.Ended.Sum(record => record.Transfers.Length);
        }

        Assert.Superset(new HashSet<CallCause> { CallCause.Transferred, CallCause.Replaced, CallCause.NothingToReplace }, causes);
        Assert.True(transfers > 60, $"{transfers} transfers");
    }

    /// <summary>A phone that draws what it does from its dialogs and from what it was sent.</summary>
    /// <param name="isCalm">It answers at once, nearly always as it should.</param>
    private sealed class WildPhone(ScriptedPhone phone, Random random, bool isCalm)
    {
        private const int MostDialogs = 4;
        private readonly List<PhoneDialog> _dialogs = [];
        private readonly List<SentMessage> _unanswered = [];
        private int _version = 1;

        private string Sdp() => phone.Sdp(version: _version++, attributes: random.Next(3) == 0 ? "a=sendonly\r\n" : "", media: random.Next(6) == 0 ? "m=video 5000 RTP/AVP 96\r\n" : "");

        private string Supported => (random.Next(2) == 0 ? "Supported: replaces\r\n" : "") + (random.Next(2) == 0 ? "Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\r\n" : "");

        private PhoneDialog? Any => _dialogs.Count == 0 ? null : _dialogs[random.Next(_dialogs.Count)];

        private static string Replaces(PhoneDialog dialog) => $"{dialog.CallId};to-tag={dialog.RemoteTag};from-tag={dialog.LocalTag}";

        public void Act()
        {
            foreach (var sent in phone.Take())
            {
                Hear(sent);
            }

            while (isCalm && _unanswered.Count > 0 && random.Next(20) > 0)
            {
                Answer();
            }

            switch (random.Next(isCalm ? 12 : 20))
            {
                case 0 or 1 when _dialogs.Count < MostDialogs:
                    Call("");
                    break;
                case 2 when random.Next(isCalm ? 4 : 1) == 0 && _dialogs.Count < MostDialogs && Any is { RemoteTag.Length: > 0 } replaced:
                    Call($"Replaces: {Replaces(replaced)}\r\n");
                    break;
                case 3 when random.Next(isCalm ? 20 : 4) == 0:
                    Any?.Cancel();
                    break;
                case 4 when random.Next(isCalm ? 5 : 2) == 0 && Any is { RemoteTag.Length: > 0 } dialog:
                    dialog.Bye();
                    _dialogs.Remove(dialog);
                    break;
                case 5 when Any is { RemoteTag.Length: > 0 } dialog:
                    dialog.Invite(random.Next(6) == 0 ? "" : Sdp());
                    break;
                case 6 or 7 when Any is { RemoteTag.Length: > 0 } dialog:
                    Refer(dialog);
                    break;
                case 8 when Any is { RemoteTag.Length: > 0 } dialog:
                    dialog.Request(random.Next(2) == 0 ? "INFO" : "SUBSCRIBE", "Event: refer\r\nExpires: 0\r\n");
                    break;
                default:
                    Answer();
                    break;
            }
        }

        private void Call(string headers)
        {
            var other = Names[random.Next(Names.Length)];
            _dialogs.Add(phone.Call(other, !isCalm && random.Next(8) == 0 ? "" : Sdp(), headers + Supported));
        }

        private void Refer(PhoneDialog dialog)
        {
            var replaces = Any is { RemoteTag.Length: > 0 } other && random.Next(2) == 0 ? $"?Replaces={Uri.EscapeDataString(Replaces(other))}" : "";
            dialog.Request("REFER", $"Refer-To: <sip:{Names[random.Next(Names.Length)]}@gw{replaces}>\r\n{(random.Next(5) == 0 ? "Refer-Sub: false\r\n" : "")}");
        }

        private void Hear(SentMessage sent)
        {
            var message = sent.Parse();
            var callId = Encoding.UTF8.GetString(message[message.CallId]);
            var dialog = _dialogs.Find(candidate => candidate.CallId == callId);
            if (dialog is null && message is { IsRequest: true, Method: SipMethod.Invite, ToTag.IsEmpty: true })
            {
                _dialogs.Add(dialog = new PhoneDialog(phone, sent));
            }
            else
            {
                dialog?.Hear(sent);
            }

            if (message is { IsRequest: true, Method: not SipMethod.Ack })
            {
                _unanswered.Add(sent);
            }
            else if (message is { IsRequest: false, Method: SipMethod.Invite, Status: >= 200 and < 300 } && random.Next(10) > 0)
            {
                dialog?.Ack(message.Body.IsEmpty || random.Next(2) == 0 ? "" : Sdp(), message.CSeq);
            }
        }

        /// <summary>Answers what has been asked, old first, mostly as it should.</summary>
        private void Answer()
        {
            if (_unanswered.Count == 0)
            {
                return;
            }

            var request = _unanswered[random.Next(Math.Min(_unanswered.Count, 2))];
            var method = request.Parse().Method;
            int[] statuses = method switch
            {
                SipMethod.Invite when isCalm && random.Next(15) > 0 => [200],
                SipMethod.Invite => [180, 183, 200, 200, 200, 200, 200, 200, 486, 491, 481, 488, 500],
                SipMethod.Refer => [202, 202, 603],
                _ => [200, 200, 200, 200, 200, 481],
            };
            var status = statuses[random.Next(statuses.Length)];
            if (status >= 200)
            {
                _unanswered.Remove(request);
            }

            var dialog = _dialogs.Find(candidate => candidate.CallId == request.Header(HeaderId.CallId));
            dialog?.AnswerTo(request, status, method == SipMethod.Invite && status is 183 or 200 && (isCalm || random.Next(8) > 0) ? Sdp() : "",
                headers: status < 300 ? $"Contact: <{phone.Contact}>\r\n{Supported}" : "");
            if (dialog is not null && (method == SipMethod.Bye || (method == SipMethod.Invite && status >= 300 && dialog.RemoteTag.Length == 0)))
            {
                _dialogs.Remove(dialog);
            }
        }
    }
}
