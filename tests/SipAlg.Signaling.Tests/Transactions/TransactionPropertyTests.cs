using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Lanes;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>Whatever happens in whatever order: once the user has answered and the timers have run, nothing is left.</summary>
public sealed class TransactionPropertyTests
{
    private static readonly SipMethod[] Methods = [SipMethod.Invite, SipMethod.Bye, SipMethod.Options];

    [Fact]
    public void A_record_has_at_most_200_octets() => Assert.InRange(Unsafe.SizeOf<Transaction>(), 1, 200);

    [Fact]
    public void Nothing_is_left_whatever_happens() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => IsIdleAfter(new Random(seed), new Scene())).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static bool IsIdleAfter(Random random, Scene scene)
    {
        var sent = new List<(TransactionId Id, SentMessage Request)>();
        var open = new HashSet<TransactionId>();
        for (var step = 0; step < 60; step++)
        {
            Happen(random, scene, sent);
            if (!scene.User.Transaction.IsNone)
            {
                open.Add(scene.User.Transaction);
            }
        }

        scene.Harness.Network.Outcome = static _ => SendResult.Sent;
        foreach (var id in open)
        {
            scene.Transactions.Respond(id, 500, "SIP/2.0 500 x\r\n\r\n"u8);
        }

        foreach (var (id, _) in sent)
        {
            scene.Transactions.TryCancel(id);
        }

        scene.Harness.Advance(70_000);
        return scene.Harness.IsIdle;
    }

    private static void Happen(Random random, Scene scene, List<(TransactionId Id, SentMessage Request)> sent)
    {
        var harness = scene.Harness;
        var flow = random.Next(3) switch { 0 => scene.Tcp, 1 => scene.NewTcp, _ => scene.Udp };
        switch (random.Next(12))
        {
            case 0 or 1:
                harness.Network.Take();
                sent.Add(scene.Send(Methods[random.Next(Methods.Length)], flow, canFallBack: flow.Connection == 0 && flow.IsReliable));
                break;
            case 2 or 3 or 4 when sent.Count > 0:
                var status = new[] { 100, 180, 200, 302, 486, 603 }[random.Next(6)];
                harness.Receive(flow, Scene.Answer(sent[random.Next(sent.Count)].Request, status, random.Next(4) == 0 ? "CANCEL" : null));
                break;
            case 5 when sent.Count > 0:
                scene.Transactions.TryCancel(sent[random.Next(sent.Count)].Id);
                break;
            case 6 or 7:
                var method = new[] { "INVITE", "ACK", "CANCEL", "BYE", "NEW" }[random.Next(5)];
                harness.Receive(flow, Scene.Request(method, random.Next(3) == 0 ? "" : $"z9hG4bK-{random.Next(3)}", sequence: random.Next(1, 3)));
                break;
            case 8:
                scene.Respond(new[] { 180, 200, 404 }[random.Next(3)]);
                break;
            case 9:
                Fail(random, harness, flow);
                break;
            case 10:
                harness.Network.Outcome = (SendResult)random.Next(12) is var result && Enum.IsDefined(result) ? _ => result : static _ => SendResult.Sent;
                break;
            default:
                harness.Advance(random.Next(10_000));
                break;
        }
    }

    private static void Fail(Random random, LaneHarness harness, Flow flow)
    {
        if (!flow.IsReliable)
        {
            harness.Unreachable(flow);
        }
        else if (random.Next(2) == 0)
        {
            harness.ConnectionFailed(flow, ConnectFailure.Refused);
        }
        else
        {
            harness.ConnectionClosed(flow);
        }
    }
}
