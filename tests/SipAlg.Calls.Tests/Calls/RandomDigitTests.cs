using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Digits both ways at any time, among re-INVITEs, holds and refusals: whatever comes of it, nothing is left.</summary>
public sealed class RandomDigitTests
{
    public static TheoryData<int> Drawn() => Seeds.Of(60, 1000);

    [Theory]
    [MemberData(nameof(Drawn))]
    public void Ends_idle(int seed)
    {
        using var scene = new CallScene(new SceneOptions
        {
            Seed = seed,
            Peer = peer => peer with { Dtmf = peer.Name switch { "alice" => DtmfMode.Info, "bob" => DtmfMode.Rfc4733, _ => DtmfMode.Pass } },
        });
        using var fromAlice = new MediaSocket(SceneModel.AliceAddress);
        using var fromBob = new MediaSocket(SceneModel.BobAddress);
        var random = new Random(seed);
        var version = 1;
        string Sdp(ScriptedPhone phone)
        {
            var direction = random.Next(4) switch { 0 => "a=sendonly\r\n", 1 => "a=inactive\r\n", _ => "" };
            var events = phone == scene.Alice || random.Next(5) == 0 ? -1 : random.Next(2) == 0 ? 101 : 96;
            return phone.Sdp(version++, null, $"m=audio {(phone == scene.Alice ? fromAlice : fromBob).Port} RTP/AVP 8{(events < 0 ? "\r\n" : $" {events}\r\na=rtpmap:{events} telephone-event/8000\r\n")}{direction}");
        }

        var a = scene.Alice.Call(body: Sdp(scene.Alice));
        var b = scene.Bob.ExpectCall();
        b.Accept(Sdp(scene.Bob));
        fromAlice.Learn(scene.Model.InsideAddress, a.ExpectAnswered());
        fromBob.Learn(scene.Model.OutsideAddress, b.Asked);
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(7))
            {
                case 0:
                    a.Request("INFO", body: $"Signal={random.Next(10)}\r\nDuration={random.Next(200)}\r\n", type: "application/dtmf-relay");
                    break;
                case 1:
                    fromBob.SendEvent((byte)(random.Next(2) == 0 ? 101 : 96), (byte)random.Next(20), (ushort)random.Next(2000));
                    break;
                case 2:
                    fromAlice.SendAudio();
                    fromBob.SendAudio();
                    break;
                case 3:
                    var (dialog, phone) = random.Next(2) == 0 ? (a, scene.Alice) : (b, scene.Bob);
                    dialog.Invite(Sdp(phone));
                    break;
                case 4:
                    scene.Advance(random.Next(3) == 0 ? 40_000 : 100);
                    break;
                default:
                    scene.Turn(static () => { });
                    break;
            }

            Answer(scene.Alice, a);
            Answer(scene.Bob, b);
        }

        (random.Next(2) == 0 ? a : b).Bye();
        scene.Turn(() => scene.Calls.HangUpAll(SipAlg.Calls.Calls.CallCause.GatewayStopped));
        scene.End();
        Assert.Single(scene.Journal.Ended);

        void Answer(ScriptedPhone phone, PhoneDialog own)
        {
            foreach (var sent in phone.Take())
            {
                own.Hear(sent);
                if (sent.StartLine.StartsWith("INFO ", StringComparison.Ordinal) && random.Next(4) > 0)
                {
                    own.AnswerTo(sent, random.Next(4) switch { 0 => 415, 1 => 488, _ => 200 });
                }
                else if (sent.StartLine.StartsWith("INVITE ", StringComparison.Ordinal))
                {
                    own.Answer(random.Next(4) == 0 ? 488 : 200, Sdp(phone));
                }
                else if (sent.StartLine.StartsWith("SIP/2.0 200", StringComparison.Ordinal) && sent.Parse().Method == Protocol.Sip.SipMethod.Invite)
                {
                    own.Ack();
                }
            }
        }
    }
}
