using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Fuzz.Targets;

/// <summary>Does in a scene what octets say: each an act, with those behind it as its details.</summary>
internal sealed class SceneScript(CallScene scene, Features features)
{
    private const int MostKept = 60;

    private static readonly string[] Called = ["bob", "echo", "tone", "dave", "barred", "+4930", "carol"];
    private static readonly int[] Statuses = [100, 180, 200, 183, 486, 302, 401, 503, 603, 422, 491, 202, 481, 408];
    private static readonly string[] Methods = ["BYE", "INVITE", "REFER", "UPDATE", "INFO", "PRACK", "SUBSCRIBE", "NOTIFY", "MESSAGE", "OPTIONS", "REGISTER", "PUBLISH"];

    /// <summary>Acts are single octets, so any will do.</summary>
    public static byte[][] Words { get; } = [.. Enumerable.Range(0, 24).Select(octet => new[] { (byte)octet }), [0, 0, 1, 2, 4, 2], [8, 1, 9, 2], [3, 0], [3, 1, 1, 2]];

    private readonly List<(ScriptedPhone Phone, byte[] Octets)> _sent = [];
    private readonly List<(ScriptedPhone Phone, SentMessage Message)> _received = [];
    private readonly Dictionary<ScriptedPhone, PhoneDialog> _dialogs = [];
    private readonly FuzzInput _damaged = new();
    private byte[] _acts = [];
    private int _at;

    public string? Problem { get; private set; }

    public void Run(ReadOnlySpan<byte> acts)
    {
        _acts = acts.ToArray();
        var tcp = scene.Phone("erin", SceneModel.Inside, SceneModel.AliceAddress, 5062, connection: 9);
        ScriptedPhone[] phones = [scene.Alice, scene.Bob, scene.Carol, scene.Dave, tcp];
        scene.Passes = sent =>
        {
            Keep(sent, phones);
            return true;
        };
        while (_at < _acts.Length)
        {
            Act(phones);
            foreach (var phone in phones)
            {
                Hear(phone);
            }
        }

        Problem ??= scene.Unclaimed.Select(LaneTarget.Problem).FirstOrDefault(problem => problem is not null);
        scene.Passes = static _ => true;
    }

    private int Next() => _at < _acts.Length ? _acts[_at++] : 0;

    private T Of<T>(T[] items) => items[Next() % items.Length];

    private void Act(ScriptedPhone[] phones)
    {
        switch (Next() % 16)
        {
            case 0:
                Call(scene.Alice, Of(Called));
                break;
            case 1:
            case 4:
                Answer();
                break;
            case 2:
                Ack(phones);
                break;
            case 3:
                Request(Of(phones), Of(Methods));
                break;
            case 5:
                _dialogs.GetValueOrDefault(scene.Alice)?.Cancel();
                break;
            case 6:
                Call(Of(phones), "alice");
                break;
            case 7:
                scene.Advance(1L << (Next() % 18));
                break;
            case 13:
                Repeat(phones);
                break;
            case 14:
                Trouble(Of(phones));
                break;
            default:
                Damaged(phones);
                break;
        }
    }

    private void Call(ScriptedPhone phone, string called)
    {
        var dialog = phone.Dialog(called);
        _dialogs[phone] = dialog;
        var kind = Next();
        dialog.Invite(kind % 5 == 0 ? "" : phone.Sdp(), (kind & 8) != 0 ? "Supported: 100rel, timer, replaces\r\nSession-Expires: 1800\r\n" : "");
    }

    /// <summary>Answers the newest request that a phone has heard.</summary>
    private void Answer()
    {
        var status = Of(Statuses);
        var found = _received.FindLastIndex(entry => !entry.Message.StartLine.StartsWith("SIP/2.0", StringComparison.Ordinal) && !entry.Message.StartLine.StartsWith("ACK", StringComparison.Ordinal));
        if (found < 0)
        {
            return;
        }

        var (phone, request) = _received[found];
        if (status >= 200)
        {
            _received.RemoveAt(found);
        }

        var isInvite = request.StartLine.StartsWith("INVITE", StringComparison.Ordinal);
        var headers = $"Contact: <{phone.Contact}>\r\n" + (status is 183 ? "Require: 100rel\r\nRSeq: 7\r\n" : status == 401 ? "WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\r\n" : status == 422 ? "Min-SE: 2000\r\n" : "");
        var body = isInvite && status is 200 or 183 ? phone.Sdp(version: 1 + _at) : "";
        phone.Send(ScriptedPhone.Answer(request, status, "As it is", $"t{phone.Secret}", headers, body, "application/sdp"));
    }

    private void Ack(ScriptedPhone[] phones)
    {
        foreach (var phone in phones)
        {
            _dialogs.GetValueOrDefault(phone)?.Ack(Next() % 7 == 6 ? phone.Sdp() : "");
        }
    }

    private void Request(ScriptedPhone phone, string method)
    {
        if (!_dialogs.TryGetValue(phone, out var dialog))
        {
            dialog = _dialogs[phone] = phone.Dialog();
        }

        var headers = $"Contact: <{phone.Contact}>\r\n" + method switch
        {
            "REFER" => $"Refer-To: <sip:carol@{SceneModel.CarolAddress}{(Next() % 2 == 0 ? "" : "?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2")}>\r\n",
            "SUBSCRIBE" => "Event: dialog\r\nExpires: 600\r\n",
            "NOTIFY" => "Event: refer\r\nSubscription-State: active;expires=60\r\n",
            "PRACK" => "RAck: 7 2 INVITE\r\n",
            "PUBLISH" => "Event: presence\r\nExpires: 60\r\n",
            _ => "",
        };
        var (body, type) = method switch
        {
            "INVITE" or "UPDATE" => (phone.Sdp(version: 2 + _at, attributes: Next() % 2 == 0 ? "a=sendonly\r\n" : ""), "application/sdp"),
            "INFO" => ("Signal=5\r\nDuration=160\r\n", "application/dtmf-relay"),
            "NOTIFY" => ("SIP/2.0 200 OK\r\n", "message/sipfrag"),
            "PUBLISH" => ($"<presence entity='sip:a@{phone.Host}'><tuple id='t'><contact>sip:a@{phone.Host}</contact></tuple></presence>", "application/pidf+xml"),
            "MESSAGE" => ("Hello", "text/plain"),
            _ => ("", ""),
        };
        dialog.Request(method, headers, body, type);
    }

    private void Repeat(ScriptedPhone[] phones)
    {
        if (_sent.Count > 0)
        {
            var (phone, octets) = _sent[Next() % _sent.Count];
            (Next() % 4 == 0 ? Of(phones) : phone).Send(octets);
        }
    }

    private void Trouble(ScriptedPhone phone)
    {
        if (phone.Flow.IsReliable)
        {
            scene.Harness.ConnectionClosed(phone.Flow, CloseReason.Remote);
        }
        else
        {
            scene.Harness.Unreachable(phone.Flow);
        }

        scene.Advance(0);
    }

    /// <summary>A damaged copy of what a phone has sent, or of what the gateway sent it, comes from there or from another.</summary>
    private void Damaged(ScriptedPhone[] phones)
    {
        var dice = new Dice((ulong)(Next() | (Next() << 8)));
        var others = _received.Count > 0 && dice.OneIn(4);
        if (!others && _sent.Count == 0)
        {
            return;
        }

        var (phone, octets) = others ? (_received[dice.Below(_received.Count)].Phone, _received[dice.Below(_received.Count)].Message.Octets) : _sent[dice.Below(_sent.Count)];
        _damaged.Set(octets);
        new Damage(dice, SipWords.All).Apply(_damaged, _sent.Count > 0 ? _sent[dice.Below(_sent.Count)].Octets : octets);
        scene.Harness.Receive((dice.OneIn(4) ? dice.Of<ScriptedPhone>(phones) : phone).Flow, _damaged.Octets);
        scene.Advance(0);
    }

    private void Keep(SentMessage sent, ScriptedPhone[] phones)
    {
        var isOurs = Array.Exists(phones, phone => phone.Flow.Local == sent.Flow.Local && phone.Flow.Remote == sent.Flow.Remote);
        if (isOurs && sent.Result == SendResult.Sent && _sent.Count < MostKept && !_sent.Exists(entry => ReferenceEquals(entry.Octets, sent.Octets)))
        {
            _sent.Add((Array.Find(phones, phone => phone.Flow.Remote == sent.Flow.Remote)!, sent.Octets));
        }

        if (sent.Octets.AsSpan().StartsWith("SIP/2.0"u8))
        {
            features.Add(1, sent.Octets.Length > 11 ? (sent.Octets[8] * 100) + (sent.Octets[9] * 10) + sent.Octets[10] : 0);
        }
    }

    private void Hear(ScriptedPhone phone)
    {
        foreach (var message in phone.Take())
        {
            Problem ??= LaneTarget.Problem(message);
            if (Problem is not null)
            {
                return;
            }

            _received.Add((phone, message));
            var parsed = new SipMessage();
            if (SipParser.Parse(parsed, message.Octets, 0, message.Octets.Length, isStream: true) != MessageFault.None)
            {
                continue;
            }

            if (parsed.IsRequest && parsed.Method == SipMethod.Invite && parsed.Has(HeaderId.Contact))
            {
                _dialogs[phone] = new PhoneDialog(phone, message);
            }
            else
            {
                _dialogs.GetValueOrDefault(phone)?.Hear(message);
            }

            features.Add(2, parsed.IsRequest ? (int)parsed.Method : parsed.Status);
        }
    }
}
