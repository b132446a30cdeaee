using SipAlg.Media.Srtp;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Media;

/// <summary>The keys of one stream towards a far side: ours, one for each suite, and those that its early dialogs have named.</summary>
internal sealed class LineKeys
{
    /// <summary>Early dialogs that have keys of their own; more than one target forks to.</summary>
    private const int MostTheirs = 16;

    private readonly SrtpKey?[] _own = new SrtpKey?[SrtpSuites.Count];
    private readonly List<SrtpKey> _theirs = [];
    private SrtpKey? _coming;

    /// <summary>What the stream is encrypted with now; null where it is not.</summary>
    public SrtpSuite? Suite { get; set; }

    /// <summary>Ours, drawn when it is first wanted.</summary>
    public SrtpKey Own(SrtpSuite suite) => _own[(int)suite] ??= SrtpKey.Draw(suite);

    /// <summary>It was named to the far side.</summary>
    public bool HasOwn(SrtpSuite suite) => _own[(int)suite] is not null;

    /// <summary>
    /// Another one of ours for an answer to a far side that has a new key: whoever begins anew there begins to count anew too (RFC 3711 §3.3.1 leaves
    /// open how it would know our count), which only a new key allows. Ours once the answer is on its way.
    /// </summary>
    public SrtpKey Coming(SrtpSuite suite)
    {
        _coming?.Release();
        return _coming = SrtpKey.Draw(suite);
    }

    /// <summary>A key of theirs; the same one again is the same, with all that is known of its streams.</summary>
    public SrtpKey Theirs(in SdpCrypto crypto, ReadOnlySpan<byte> master)
    {
        foreach (var known in _theirs)
        {
            if (known.Is(crypto.Suite, master, crypto.MkiLength, crypto.Mki))
            {
                return known;
            }
        }

        if (_theirs.Count == MostTheirs)
        {
            _theirs[0].Release();
            _theirs.RemoveAt(0);
        }

        var key = SrtpKey.Of(crypto.Suite, master, crypto.MkiLength, crypto.Mki);
        _theirs.Add(key);
        return key;
    }

    /// <summary>Both sides have agreed on these.</summary>
    /// <param name="keys">Null: on none.</param>
    /// <param name="isFinal">There are no other early dialogs.</param>
    public void Agree(MediaKeys? keys, bool isFinal)
    {
        if (_coming is not null && keys?.Send == _coming)
        {
            _own[(int)_coming.Suite]?.Release();
            _own[(int)_coming.Suite] = _coming;
            _coming = null;
        }

        for (var index = _theirs.Count - 1; isFinal && index >= 0; index--)
        {
            if (_theirs[index] != keys?.Receive)
            {
                _theirs[index].Release();
                _theirs.RemoveAt(index);
            }
        }
    }

    /// <summary>The stream is over: they are wiped when the relay has left them.</summary>
    public void Release()
    {
        Agree(null, isFinal: true);
        _coming?.Release();
        _coming = null;
        for (var suite = 0; suite < _own.Length; suite++)
        {
            _own[suite]?.Release();
            _own[suite] = null;
        }
    }
}
