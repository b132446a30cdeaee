using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Calls;

/// <summary>
/// What must not be seen outside its realm: addresses and names that tests put into the messages of their phones, and each
/// Call-ID and tag that the gateway and the phones of a realm use.
/// </summary>
internal sealed class HiddenWords
{
    private readonly Dictionary<string, int> _words = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _learnt = [];

    public void Add(int realm, string word) => _words.TryAdd(word, realm);

    /// <summary>Forgets what calls taught; what was said stays.</summary>
    public void Forget()
    {
        _learnt.ForEach(word => _words.Remove(word));
        _learnt.Clear();
    }

    /// <exception cref="SceneException">The message shows a word of another realm.</exception>
    public void Check(int realm, SentMessage sent)
    {
        var message = sent.Parse();
        Learn(realm, message, message.CallId);
        Learn(realm, message, message.FromTag);
        Learn(realm, message, message.ToTag);
        var text = sent.Text;
        foreach (var (word, owner) in _words)
        {
            if (owner != realm && text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                throw new SceneException($"Realm {realm} is shown \"{word}\" of realm {owner}:\n{text}");
            }
        }
    }

    private void Learn(int realm, SipMessage message, Slice slice)
    {
        if (slice.Length > 8)
        {
            var word = Encoding.UTF8.GetString(message[slice]);
            if (_words.TryAdd(word, realm))
            {
                _learnt.Add(word);
            }
        }
    }
}
