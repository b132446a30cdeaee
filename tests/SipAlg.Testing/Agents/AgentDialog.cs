using System.Globalization;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

public enum AgentDialogState
{
    Early,
    Confirmed,

    /// <summary>An early one of a fork, when another one answered; its phone may not know yet.</summary>
    Lost,
    Ended,
}

/// <summary>Who ended a dialog.</summary>
public enum AgentEnd
{
    None,
    OwnBye,
    TheirBye,

    /// <summary>Own BYE, since a request failed with 408 or 481, or not at all (RFC 3261 §12.2.1.2).</summary>
    Lost,

    /// <summary>Own BYE, since no ACK came.</summary>
    AckMissing,

    /// <summary>Own BYE, since nobody has refreshed the session in time (RFC 4028 §10).</summary>
    Expired,
}

/// <summary>A dialog (RFC 3261 §12) of a <see cref="SipAgent"/>. This file: its names, and writing in it.</summary>
public sealed partial class AgentDialog
{
    private readonly SipAgent _agent;
    private string _local = "";
    private string _remote = "";
    private string _target = "";
    private string[] _routes = [];
    private uint _localSequence;
    private uint _remoteSequence;
    private uint _inviteSequence;
    private int _version;
    private AgentDescription? _written;

    private AgentDialog(AgentCall call, string localTag) => (Call, _agent, LocalTag) = (call, call.Agent, localTag);

    public AgentCall Call { get; }
    public string LocalTag { get; }
    public string RemoteTag { get; private set; } = "";
    public AgentDialogState State { get; private set; }
    public AgentEnd EndedBy { get; private set; }
    public AgentSession Session { get; private set; } = new();

    /// <summary>It has answered a request by 408 or 481, or given one of its own up.</summary>
    public bool WasLost { get; private set; }

    internal string ContactLine => $"Contact: <{_agent.Phone.Contact}>\r\n";

    /// <summary>The dialog that an INVITE of ours will open.</summary>
    internal static AgentDialog Calling(AgentCall call, string called)
    {
        var phone = call.Agent.Phone;
        var tag = phone.Mint("tag-");
        return new AgentDialog(call, tag)
        {
            _local = $"<sip:{phone.Name}-{call.Flow}@{phone.Host}>;tag={tag}",
            _remote = $"<sip:{called}@gw.{phone.Host}>",
            _target = $"sip:{called}@{phone.Flow.Local}",
        };
    }

    /// <summary>The dialog that an INVITE of theirs opens, with one of our phones.</summary>
    internal static AgentDialog Called(AgentCall call, WireMessage invite)
    {
        var tag = call.Agent.Phone.Mint("tag-");
        var dialog = new AgentDialog(call, tag)
        {
            RemoteTag = invite.FromTag,
            _local = $"{invite[HeaderId.To]};tag={tag}",
            _remote = invite[HeaderId.From],
            _target = invite.Contact ?? "",
            _remoteSequence = invite.CSeq,
        };
        if (invite.Description is { } offer)
        {
            dialog.Session.TakeOffer(offer);
        }

        return dialog;
    }

    /// <summary>Another dialog of the same INVITE of ours, before anything happened in it (RFC 3261 §12.1.2).</summary>
    internal AgentDialog Fork() => new(Call, LocalTag)
    {
        _local = _local,
        _remote = _remote,
        _target = _target,
        _localSequence = _inviteSequence,
        _inviteSequence = _inviteSequence,
        _version = 1,
        _written = _written,
        Session = _first.Fork(),
        _first = _first,
    };

    /// <summary>The session as the INVITE left it.</summary>
    private AgentSession _first = new();

    /// <summary>Takes tag, target and routes of an answer to our INVITE.</summary>
    internal void Learn(WireMessage response, string to)
    {
        if (RemoteTag.Length == 0)
        {
            RemoteTag = response.ToTag;
            _remote = to;
            _routes = [];
        }

        _target = response.Contact ?? _target;
    }

    internal void EndEarly(AgentDialogState state)
    {
        State = state;
        _reliable?.Stop();
    }

    // ---- writing

    /// <summary>Sends a request in the dialog.</summary>
    internal ClientTransaction Ask(string method, string headers, AgentDescription? body, Action<WireMessage?> heard, string? otherBody = null)
    {
        var sequence = ++_localSequence;
        var session = method == "INVITE" || (method == "UPDATE" && State == AgentDialogState.Confirmed) ? AllowLine + SessionLines() : "";
        var text = (method is "INVITE" or "UPDATE" ? ContactLine : "") + session + headers + (otherBody ?? ScriptedPhone.Body(Write(body), "application/sdp"));
        var request = Request(method, sequence, text);
        if (method == "INVITE")
        {
            _inviteSequence = sequence;
            _first = RemoteTag.Length == 0 ? Session.Fork() : _first;
        }

        return _agent.Ask(request, heard);
    }

    private AgentRequest Request(string method, uint sequence, string rest)
    {
        var branch = "z9hG4bK" + _agent.Phone.Mint("b");
        var routes = _routes.Length == 0 ? "" : $"Route: {string.Join(", ", _routes)}\r\n";
        var lines = $"Via: SIP/2.0/UDP {_agent.Phone.Flow.Remote};rport;branch={branch}\r\nMax-Forwards: 70\r\n{routes}From: {_local}\r\n";
        return new AgentRequest(method, branch, sequence, (_target, lines), _remote, Call.CallId, rest);
    }

    internal string Write(AgentDescription? description)
    {
        if (description is null)
        {
            return "";
        }

        _version += description == _written ? 0 : 1;
        _written = description;
        return description.Write(_agent.Phone.Flow.Remote.Address.ToString(), 77, _version);
    }

    // ---- descriptions

    internal AgentDescription FirstOffer()
    {
        (string, bool)[] media = Call.Habits.OffersVideo ? [("audio", true), ("video", true)] : [("audio", true)];
        return new AgentDescription(_agent.Mark(), AgentDescription.SendAndReceive, [.. media]);
    }

    private AgentDescription NextOffer(AgentChange change)
    {
        var last = Session.Local!;
        var media = last.Media;
        if (change is AgentChange.AddVideo or AgentChange.DropVideo)
        {
            var index = media.IndexOf(media.FirstOrDefault(static line => line.Kind == "video"));
            var line = ("video", change == AgentChange.AddVideo);
            media = index >= 0 ? media.SetItem(index, line) : change == AgentChange.AddVideo ? media.Add(line) : media;
        }

        var direction = change == AgentChange.Hold ? "sendonly" : AgentDescription.SendAndReceive;
        return new AgentDescription(_agent.Mark(), direction, media);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{_agent.Phone.Name} {LocalTag}/{RemoteTag} {State} {EndedBy} session {Session.State} local {Session.Local?.Mark} remote {Session.Remote?.Mark}");
}

/// <summary>What a new offer changes.</summary>
public enum AgentChange
{
    Hold,
    Resume,
    AddVideo,
    DropVideo,
}
