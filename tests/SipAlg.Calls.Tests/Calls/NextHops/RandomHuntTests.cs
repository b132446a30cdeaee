using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>
/// Targets that answer, refuse, redirect and fall silent as they like, rung together and one after another, over a network that
/// loses and delays. Whatever comes of it, nothing that the rules of the wire forbid is sent, and in the end nothing is left.
/// </summary>
public sealed class RandomHuntTests
{
    private const int Steps = 80;

    public static TheoryData<int> Drawn() => Seeds.Of(120, 4000);

    private static SceneOptions Options(int seed) => new()
    {
        Seed = seed,
        MediaPairs = seed % 5 == 0 ? 2 : 20,
        Peer = peer => peer.Name == "alice" ? peer with { MergesForks = seed % 4 == 0 } : peer,
        Routes = model =>
        [
            Hunt(model, "ring", seed % 7 > 0, 1, 1, 1, 2, 3),
            Hunt(model, "mixed", seed % 7 > 0, 1, 2, 2, 3, 4),
            SceneModel.Route("service", [SceneModel.Called("service")], SceneModel.Service(ServiceKind.Echo)),
        ],
    };

    private static Route Hunt(SceneModel model, string called, bool follows, params int[] priorities) => SceneModel.Dialplan(
        SceneModel.Head(called, [SceneModel.Called(called)], new StatusSet([new StatusRange(400, 599)])) with { RingsAll = true, FollowsRedirects = follows }, RouteEdits.None,
        [.. new[] { model.Bob, model.Carol, model.Dave, model.Carol, model.Bob }.Zip(
            priorities, (peer, priority) => SceneModel.To(peer) with { Priority = priority, NoAnswer = TimeSpan.FromSeconds(2 + priority) })]);

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Ends_idle(int seed)
    {
        using var scene = new CallScene(Options(seed));
        var random = new Random(seed);
        scene.Passes = _ => random.Next(100) >= seed % 3 * 10;
        Callee[] callees = [new(scene.Bob, random), new(scene.Carol, random), new(scene.Dave, random)];
        var caller = new Caller(scene.Alice, random);
        caller.Call();
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    caller.Act();
                    break;
                default:
                    callees[random.Next(callees.Length)].Act();
                    break;
            }

            scene.Advance(random.Next(4) switch { 0 => 0, 1 => 20, 2 => 600, _ => random.Next(3000) });
        }

        scene.Turn(() => scene.Calls.HangUpAll(CallCause.GatewayStopped));
        scene.Advance(64 * CallScene.T1);
        scene.End();
        Assert.InRange(scene.Journal.Ended.Count, 0, caller.Began);
        Assert.All(scene.Journal.Ended, record => Assert.NotEqual(CallCause.None, record.Cause));
    }

    private sealed class Caller(ScriptedPhone phone, Random random)
    {
        private readonly List<PhoneDialog> _dialogs = [];

        public int Began { get; private set; }

        public void Act()
        {
            foreach (var sent in phone.Take())
            {
                _dialogs.Find(dialog => sent.Header(HeaderId.CallId) == dialog.CallId)?.Hear(sent);
            }

            var known = _dialogs.Count == 0 ? null : _dialogs[random.Next(_dialogs.Count)];
            switch (random.Next(8))
            {
                case 0:
                    known?.Cancel(random.Next(2) == 0 ? "" : "Reason: SIP;cause=200\r\n");
                    break;
                case 1:
                    known?.Bye();
                    break;
                case 2 or 3:
                    known?.Ack();
                    break;
                default:
                    Call();
                    break;
            }
        }

        public void Call()
        {
            if (Began < 4)
            {
                Began++;
                _dialogs.Add(phone.Call(random.Next(2) == 0 ? "ring" : "mixed", random.Next(5) == 0 ? "" : null, random.Next(3) == 0 ? "Supported: 100rel\r\n" : ""));
            }
        }
    }

    private sealed class Callee(ScriptedPhone phone, Random random)
    {
        private static readonly int[] Statuses = [100, 180, 180, 183, 183, 200, 302, 302, 401, 404, 486, 500, 503, 600];
        private readonly List<SentMessage> _asked = [];
        private readonly Dictionary<string, PhoneDialog> _dialogs = [];

        public void Act()
        {
            foreach (var sent in phone.Take().Where(sent => sent.Parse() is { IsRequest: true, Method: not SipMethod.Ack }))
            {
                _asked.Add(sent);
                _dialogs.TryAdd(sent.Header(HeaderId.CallId)!, sent.StartLine.StartsWith("INVITE ", StringComparison.Ordinal) ? new PhoneDialog(phone, sent) : phone.Dialog());
            }

            if (_asked.Count > 0)
            {
                Answer(_asked[Math.Max(random.Next(_asked.Count), random.Next(_asked.Count))]);
            }
        }

        private void Answer(SentMessage request)
        {
            var dialog = _dialogs[request.Header(HeaderId.CallId)!];
            var method = request.Parse().Method;
            if (method != SipMethod.Invite)
            {
                dialog.AnswerTo(request, random.Next(6) == 0 ? 481 : 200);
                if (method == SipMethod.Cancel && dialog.Asked is not null)
                {
                    dialog.Answer(487);
                }

                return;
            }

            var status = Statuses[random.Next(Statuses.Length)];
            var contacts = string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => $"Contact: <sip:{(random.Next(3) switch { 0 => "ring", 1 => "mixed", _ => "service" })}@x{random.Next(3)}>;q=0.{random.Next(10)}\r\n"));
            var headers = status switch
            {
                302 => contacts,
                503 when random.Next(2) == 0 => $"Retry-After: {random.Next(10)}\r\n",
                183 when random.Next(3) == 0 => $"Contact: <{phone.Contact}>\r\nRequire: 100rel\r\nRSeq: {random.Next(1, 4)}\r\n",
                < 300 => $"Contact: <{phone.Contact}>\r\n",
                _ => "",
            };
            dialog.AnswerTo(request, status, status is 183 or 200 && random.Next(5) > 0 ? phone.Sdp() : "", headers: headers);
        }
    }
}
