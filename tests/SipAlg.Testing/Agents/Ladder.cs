using System.Globalization;
using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <summary>What happened, to be read when it went wrong: a line an event, with the name of its call behind a "#".</summary>
/// <param name="flowOf">The name of the call that has this Call-ID.</param>
public sealed class Ladder(Func<string, string> flowOf)
{
    private readonly List<(long At, string? Note, Datagram? Datagram)> _steps = [];

    public void Clear() => _steps.Clear();

    public void Arrived(long at, Datagram datagram) => _steps.Add((at, null, datagram));

    public void Lost(long at, Datagram datagram) => _steps.Add((at, "lost", datagram));

    public void Note(long at, string note) => _steps.Add((at, note, null));

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (at, note, datagram) in _steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"{at,8} ms  {(datagram is null ? note : Line(datagram, note))}\n");
        }

        return text.ToString();
    }

    private string Line(Datagram datagram, string? note)
    {
        var message = new WireMessage(datagram.Sent);
        var what = message.IsRequest ? message.Method : string.Create(CultureInfo.InvariantCulture, $"{message.Status} to {message.Method}");
        var number = message.ReliableNumber == 0 ? "" : $" RSeq {message.ReliableNumber}";
        var rack = message[HeaderId.RAck].Length == 0 ? "" : $" RAck {message[HeaderId.RAck]}";
        var description = message.Description is { } sdp ? $" SDP {sdp.Mark} {sdp.Direction} {string.Join('+', sdp.Media.Select(media => media.IsOn ? media.Kind : "-"))}" : "";
        var late = note is null ? "" : $"  ({note})";
        var arrow = datagram.IsToGateway ? "-> gateway" : "<- gateway";
        return string.Create(
            CultureInfo.InvariantCulture, $"#{flowOf(message.CallId),-3} {datagram.Agent.Phone.Name,-6}{arrow}  {what} {message.CSeq}{number}{rack}{description}  [{datagram.Number} sent at {datagram.Sent.At}] {Short(message.FromTag)}/{Short(message.ToTag)}{late}");
    }

    private static string Short(string tag) => tag.Length <= 6 ? tag : tag[^6..];
}
